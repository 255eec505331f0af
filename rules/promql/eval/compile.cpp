#include "rules/promql/eval/compile.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "rules/promql/eval/aggregate_node.h"
#include "rules/promql/eval/arithmetic.h"
#include "rules/promql/eval/binary_node.h"
#include "rules/promql/eval/call_node.h"
#include "rules/promql/eval/expr_facts.h"
#include "rules/promql/eval/label_node.h"
#include "rules/promql/eval/range_call.h"
#include "rules/promql/eval/scalar_node.h"
#include "rules/promql/eval/selector_node.h"
#include "rules/promql/eval/selector_range.h"
#include "rules/promql/eval/set_node.h"
#include "rules/promql/eval/subquery_range.h"
#include "rules/promql/eval/vector_match.h"

namespace ecsward::promql {
namespace {

template <class T>
const T& As(const Expr& expr) {
  return static_cast<const T&>(expr);
}

class Compiler {
 public:
  explicit Compiler(const QueryOptions& options) : options_(options) {}

  ScalarPtr Scalar(const Expr& expr);
  VectorPtr Vector(const Expr& expr);
  RangePtr Range(const Expr& expr, std::optional<FunctionId> function);

 private:
  VectorPtr VectorOf(const Expr& expr);
  ScalarPtr ScalarCall(const Call& call);
  VectorPtr VectorBinary(const Binary& binary);
  VectorPtr VectorAggregate(const Aggregate& aggregate);
  VectorPtr VectorCall(const Call& call);
  VectorPtr RangeCall(const Call& call);
  VectorPtr LabelCall(const Call& call);
  std::vector<ScalarPtr> Scalars(const Call& call);

  const QueryOptions& options_;
  bool in_invariant_ = false;  // something above is evaluated once a run already
};

const std::string& StringOf(const Expr& expr) {
  return As<StringLiteral>(WithoutParens(expr)).value;
}

// What absent(selector) is called after: labels that one equality matcher names.
LabelPairs AbsentLabels(const Expr& argument) {
  const Expr& expr = WithoutParens(argument);
  const VectorSelector* selector = nullptr;
  if (expr.kind == Kind::kVectorSelector) selector = &As<VectorSelector>(expr);
  if (expr.kind == Kind::kMatrixSelector) selector = As<MatrixSelector>(expr).selector.get();
  LabelPairs labels;
  if (selector == nullptr) return labels;
  std::vector<std::string_view> seen;
  for (const LabelMatcher& matcher : selector->matchers) {
    if (matcher.name() == kMetricName) continue;
    const bool known = std::find(seen.begin(), seen.end(), matcher.name()) != seen.end();
    if (matcher.type() == MatchType::kEqual && !known) {
      Set(labels, matcher.name(), matcher.value());
      seen.push_back(matcher.name());
    } else {
      Set(labels, matcher.name(), "");
    }
  }
  return labels;
}

ScalarPtr Compiler::Scalar(const Expr& outer) {
  const Expr& expr = WithoutParens(outer);
  switch (expr.kind) {
    case Kind::kNumber:
      return std::make_unique<ConstantNode>(As<NumberLiteral>(expr).value);
    case Kind::kUnary: {
      ScalarPtr inner = Scalar(*As<Unary>(expr).expr);
      if (!As<Unary>(expr).negative) return inner;
      if (inner->constant() != nullptr) return std::make_unique<ConstantNode>(-*inner->constant());
      return std::make_unique<NegateScalarNode>(std::move(inner));
    }
    case Kind::kBinary: {
      const auto& binary = As<Binary>(expr);
      ScalarPtr lhs = Scalar(*binary.lhs), rhs = Scalar(*binary.rhs);
      if (lhs->constant() == nullptr || rhs->constant() == nullptr) {
        return std::make_unique<BinaryScalarNode>(binary.op, std::move(lhs), std::move(rhs));
      }
      return std::make_unique<ConstantNode>(
          ComputeOrCompare(binary.op, *lhs->constant(), *rhs->constant()));
    }
    default:
      return ScalarCall(As<Call>(expr));
  }
}

ScalarPtr Compiler::ScalarCall(const Call& call) {
  switch (call.function->id) {
    case FunctionId::kTime:
      return std::make_unique<TimeNode>();
    case FunctionId::kScalar:
      return std::make_unique<ScalarOfVectorNode>(Vector(*call.args[0]));
    default:
      return std::make_unique<ConstantNode>(3.14159265358979323846);  // pi(), the only one left
  }
}

VectorPtr Compiler::Vector(const Expr& outer) {
  const Expr& expr = WithoutParens(outer);
  if (in_invariant_ || !IsInvariant(expr)) return VectorOf(expr);
  in_invariant_ = true;
  VectorPtr inner = VectorOf(expr);
  in_invariant_ = false;
  return std::make_unique<InvariantNode>(std::move(inner));
}

VectorPtr Compiler::VectorOf(const Expr& expr) {
  switch (expr.kind) {
    case Kind::kVectorSelector:
      return std::make_unique<SelectorNode>(As<VectorSelector>(expr), SelectorNode::Gives::kValue);
    case Kind::kUnary: {
      VectorPtr inner = Vector(*As<Unary>(expr).expr);
      if (!As<Unary>(expr).negative) return inner;
      return std::make_unique<NegateVectorNode>(std::move(inner));
    }
    case Kind::kBinary:
      return VectorBinary(As<Binary>(expr));
    case Kind::kAggregate:
      return VectorAggregate(As<Aggregate>(expr));
    default:
      return VectorCall(As<Call>(expr));
  }
}

VectorPtr Compiler::VectorBinary(const Binary& binary) {
  const bool left_scalar = binary.lhs->type() == ValueType::kScalar;
  const bool right_scalar = binary.rhs->type() == ValueType::kScalar;
  if (left_scalar || right_scalar) {
    VectorPtr vector = Vector(left_scalar ? *binary.rhs : *binary.lhs);
    ScalarPtr scalar = Scalar(left_scalar ? *binary.lhs : *binary.rhs);
    return std::make_unique<VectorScalarNode>(binary.op, binary.return_bool, std::move(vector),
                                              std::move(scalar), left_scalar);
  }
  VectorPtr lhs = Vector(*binary.lhs), rhs = Vector(*binary.rhs);
  if (IsSetOperator(binary.op)) {
    return std::make_unique<SetNode>(binary, std::move(lhs), std::move(rhs));
  }
  return std::make_unique<VectorMatchNode>(binary, std::move(lhs), std::move(rhs));
}

VectorPtr Compiler::VectorAggregate(const Aggregate& aggregate) {
  VectorPtr vector = Vector(*aggregate.expr);
  switch (aggregate.op) {
    case AggregateOp::kTopk:
    case AggregateOp::kBottomk:
    case AggregateOp::kLimitk:
      return std::make_unique<SelectNode>(aggregate, std::move(vector), Scalar(*aggregate.param));
    case AggregateOp::kQuantile:
      return std::make_unique<QuantileNode>(aggregate, std::move(vector), Scalar(*aggregate.param));
    case AggregateOp::kCountValues:
      return std::make_unique<CountValuesNode>(aggregate, std::move(vector),
                                               StringOf(*aggregate.param));
    default:
      return std::make_unique<FoldNode>(aggregate, std::move(vector));
  }
}

std::vector<ScalarPtr> Compiler::Scalars(const Call& call) {
  std::vector<ScalarPtr> out;
  for (const ExprPtr& arg : call.args) {
    if (arg->type() == ValueType::kScalar) out.push_back(Scalar(*arg));
  }
  return out;
}

VectorPtr Compiler::VectorCall(const Call& call) {
  const FunctionId id = call.function->id;
  const auto arg = [&call](std::size_t index) -> const Expr& { return *call.args[index]; };
  switch (id) {
    case FunctionId::kVector:
      return std::make_unique<VectorOfScalarNode>(Scalar(arg(0)));
    case FunctionId::kAbsent:
      return std::make_unique<AbsentNode>(Vector(arg(0)), AbsentLabels(arg(0)));
    case FunctionId::kSort:
    case FunctionId::kSortDesc:
      return std::make_unique<SortNode>(Vector(arg(0)), id == FunctionId::kSortDesc);
    case FunctionId::kClamp:
    case FunctionId::kClampMax:
    case FunctionId::kClampMin:
    case FunctionId::kRound:
      return std::make_unique<MapWithScalarsNode>(id, Vector(arg(0)), Scalars(call));
    case FunctionId::kHistogramQuantile:
      return std::make_unique<HistogramQuantileNode>(Scalar(arg(0)), Vector(arg(1)));
    case FunctionId::kLabelReplace:
    case FunctionId::kLabelJoin:
      return LabelCall(call);
    case FunctionId::kTimestamp: {
      const Expr& of = WithoutParens(arg(0));
      if (of.kind != Kind::kVectorSelector) {
        return std::make_unique<TimestampNode>(Vector(of));
      }
      return std::make_unique<DropNamesNode>(
          std::make_unique<SelectorNode>(As<VectorSelector>(of), SelectorNode::Gives::kTime));
    }
    default:
      break;
  }
  if (const ValueFunction function = FindValueFunction(id); function != nullptr) {
    if (call.args.empty()) {
      return std::make_unique<VectorOfScalarNode>(std::make_unique<TimeNode>(), function);
    }
    return std::make_unique<MapNode>(function, Vector(arg(0)));
  }
  return RangeCall(call);
}

VectorPtr Compiler::RangeCall(const Call& call) {
  const FunctionId id = call.function->id;
  const auto is_range = [](const ExprPtr& arg) { return arg->type() == ValueType::kMatrix; };
  const Expr& range = **std::find_if(call.args.begin(), call.args.end(), is_range);
  if (id == FunctionId::kAbsentOverTime) {
    return std::make_unique<AbsentOverTimeNode>(Range(range, AbsentOverTimeNode::kProbe),
                                                AbsentLabels(range));
  }
  return std::make_unique<RangeCallNode>(id, Range(range, id), Scalars(call));
}

VectorPtr Compiler::LabelCall(const Call& call) {
  VectorPtr vector = Vector(*call.args[0]);
  const std::string& destination = StringOf(*call.args[1]);
  const std::string& second = StringOf(*call.args[2]);
  if (call.function->id == FunctionId::kLabelReplace) {
    return std::make_unique<LabelReplaceNode>(
        std::move(vector),
        LabelReplacer::Make(destination, second, StringOf(*call.args[3]), StringOf(*call.args[4])));
  }
  std::vector<std::string> sources;
  for (std::size_t i = 3; i < call.args.size(); ++i) sources.push_back(StringOf(*call.args[i]));
  return std::make_unique<LabelJoinNode>(std::move(vector), destination, second,
                                         std::move(sources));
}

RangePtr Compiler::Range(const Expr& outer, std::optional<FunctionId> function) {
  const Expr& expr = WithoutParens(outer);
  if (expr.kind == Kind::kMatrixSelector) {
    const bool rolls = options_.carry_windows_on && function && RollingWindow::Supports(*function);
    return std::make_unique<SelectorRange>(As<MatrixSelector>(expr),
                                           rolls ? function : std::nullopt);
  }
  const auto& subquery = As<Subquery>(expr);
  const std::int64_t step_ms =
      subquery.step_ms > 0 ? subquery.step_ms : options_.default_subquery_step.count();
  // Each step may have to be evaluated at its own time, whatever stands around the subquery.
  const bool in_invariant = std::exchange(in_invariant_, false);
  VectorPtr inner = Vector(*subquery.expr);
  in_invariant_ = in_invariant;
  return std::make_unique<SubqueryRange>(subquery, std::clamp<std::int64_t>(step_ms, 1, kMaxTime),
                                         std::move(inner), LooksBackOnly(subquery));
}

}  // namespace

const Expr& WithoutParens(const Expr& expr) {
  return expr.kind == Kind::kParen ? WithoutParens(*As<Paren>(expr).expr) : expr;
}

ScalarPtr CompileScalar(const Expr& expr, const QueryOptions& options) {
  return Compiler(options).Scalar(expr);
}
VectorPtr CompileVector(const Expr& expr, const QueryOptions& options) {
  return Compiler(options).Vector(expr);
}
RangePtr CompileRange(const Expr& expr, const QueryOptions& options) {
  return Compiler(options).Range(expr, std::nullopt);
}

}  // namespace ecsward::promql
