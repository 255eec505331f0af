// Which samples an expression can ask for: a walk down the tree that adds up how far back the
// subqueries around a selector reach.
#include <algorithm>

#include "rules/promql/query.h"

namespace ecsward::promql {
namespace {

using std::chrono::milliseconds;

class Walk {
 public:
  Walk(milliseconds lookback, milliseconds longest, std::vector<HistoryNeed>& out)
      : lookback_(lookback), longest_(longest), out_(out) {}

  void Visit(const Expr& expr, milliseconds back);

 private:
  void Add(const VectorSelector& selector, milliseconds back);
  milliseconds Reach(const TimeShift& shift, milliseconds back) const;

  const milliseconds lookback_, longest_;
  std::vector<HistoryNeed>& out_;
};

milliseconds Sum(milliseconds a, milliseconds b) {
  return std::min(a, History::kForever) + std::min(b, History::kForever);
}

// How far before now the shifted time may be. A fixed time is somewhere in what is kept at all.
milliseconds Walk::Reach(const TimeShift& shift, milliseconds back) const {
  if (shift.at == TimeShift::At::kTime) back = longest_;
  return Sum(back, milliseconds(std::max<std::int64_t>(shift.offset_ms, 0)));
}

void Walk::Add(const VectorSelector& selector, milliseconds back) {
  out_.push_back({selector.matchers, std::min(Reach(selector.shift, back), longest_)});
}

void Walk::Visit(const Expr& expr, milliseconds back) {
  switch (expr.kind) {
    case Kind::kNumber:
    case Kind::kString:
      break;
    case Kind::kVectorSelector:
      Add(static_cast<const VectorSelector&>(expr), Sum(back, lookback_));
      break;
    case Kind::kMatrixSelector: {
      // The lookback here is slack: whoever slides a window looks at what leaves it once more.
      const auto& matrix = static_cast<const MatrixSelector&>(expr);
      Add(*matrix.selector, Sum(Sum(back, lookback_), milliseconds(matrix.range_ms)));
      break;
    }
    case Kind::kSubquery: {
      const auto& subquery = static_cast<const Subquery&>(expr);
      Visit(*subquery.expr,
            Sum(Reach(subquery.shift, back), milliseconds(subquery.range_ms + subquery.step_ms)));
      break;
    }
    case Kind::kParen:
      Visit(*static_cast<const Paren&>(expr).expr, back);
      break;
    case Kind::kUnary:
      Visit(*static_cast<const Unary&>(expr).expr, back);
      break;
    case Kind::kBinary:
      Visit(*static_cast<const Binary&>(expr).lhs, back);
      Visit(*static_cast<const Binary&>(expr).rhs, back);
      break;
    case Kind::kAggregate: {
      const auto& aggregate = static_cast<const Aggregate&>(expr);
      if (aggregate.param != nullptr) Visit(*aggregate.param, back);
      Visit(*aggregate.expr, back);
      break;
    }
    case Kind::kCall:
      for (const ExprPtr& arg : static_cast<const Call&>(expr).args) Visit(*arg, back);
      break;
  }
}

}  // namespace

std::vector<HistoryNeed> HistoryNeeds(const Expr& expr, milliseconds lookback,
                                      milliseconds longest) {
  std::vector<HistoryNeed> out;
  Walk(lookback, longest, out).Visit(expr, milliseconds(0));
  return out;
}

}  // namespace ecsward::promql
