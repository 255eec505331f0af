#include "rules/promql/eval/expr_facts.h"

#include <algorithm>

#include "rules/promql/functions.h"

namespace ecsward::promql {
namespace {

// Functions that look at the clock, be it only when an argument is missing.
bool AsksForTime(FunctionId id) {
  switch (id) {
    case FunctionId::kDaysInMonth:
    case FunctionId::kDayOfMonth:
    case FunctionId::kDayOfWeek:
    case FunctionId::kDayOfYear:
    case FunctionId::kHour:
    case FunctionId::kMinute:
    case FunctionId::kMonth:
    case FunctionId::kYear:
    case FunctionId::kPredictLinear:
    case FunctionId::kTime:
    case FunctionId::kTimestamp:
      return true;
    default:
      return false;
  }
}

bool IsFixed(const TimeShift& shift) { return shift.at != TimeShift::At::kNone; }
bool LooksBack(const TimeShift& shift) { return !IsFixed(shift) && shift.offset_ms >= 0; }

template <class T>
const T& As(const Expr& expr) {
  return static_cast<const T&>(expr);
}

// Whether `holds` is true for all expressions right below this one.
template <class Holds>
bool AllChildren(const Expr& expr, const Holds& holds) {
  switch (expr.kind) {
    case Kind::kNumber:
    case Kind::kString:
    case Kind::kVectorSelector:
      return true;
    case Kind::kMatrixSelector:
      return holds(*As<MatrixSelector>(expr).selector);
    case Kind::kSubquery:
      return holds(*As<Subquery>(expr).expr);
    case Kind::kParen:
      return holds(*As<Paren>(expr).expr);
    case Kind::kUnary:
      return holds(*As<Unary>(expr).expr);
    case Kind::kBinary:
      return holds(*As<Binary>(expr).lhs) && holds(*As<Binary>(expr).rhs);
    case Kind::kAggregate: {
      const auto& aggregate = As<Aggregate>(expr);
      return holds(*aggregate.expr) && (aggregate.param == nullptr || holds(*aggregate.param));
    }
    case Kind::kCall: {
      const auto& args = As<Call>(expr).args;
      return std::all_of(args.begin(), args.end(), [&](const ExprPtr& arg) { return holds(*arg); });
    }
  }
  return true;
}

}  // namespace

bool IsInvariant(const Expr& expr) {
  if (expr.kind == Kind::kVectorSelector) return IsFixed(As<VectorSelector>(expr).shift);
  if (expr.kind == Kind::kSubquery) return IsFixed(As<Subquery>(expr).shift);
  if (expr.kind == Kind::kCall && AsksForTime(As<Call>(expr).function->id)) return false;
  return AllChildren(expr, IsInvariant);
}

bool LooksBackOnly(const Expr& expr) {
  if (expr.kind == Kind::kVectorSelector) return LooksBack(As<VectorSelector>(expr).shift);
  if (expr.kind == Kind::kSubquery && !LooksBack(As<Subquery>(expr).shift)) return false;
  return AllChildren(expr, LooksBackOnly);
}

}  // namespace ecsward::promql
