#include "rules/promql/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/promql/functions.h"
#include "rules/promql/quote.h"

namespace ecsward::promql {
namespace {

// Types come up from the leaves in one walk: asking each node for its type() would walk its left
// side again and again.
class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  ValueType Check(Expr& expr) {
    switch (expr.kind) {
      case Kind::kNumber:
        return ValueType::kScalar;
      case Kind::kString:
        return ValueType::kString;
      case Kind::kVectorSelector:
        return CheckSelector(static_cast<VectorSelector&>(expr));
      case Kind::kMatrixSelector:
        CheckSelector(*static_cast<MatrixSelector&>(expr).selector);
        return ValueType::kMatrix;
      case Kind::kSubquery:
        return CheckSubquery(static_cast<Subquery&>(expr));
      case Kind::kParen:
        return Check(*static_cast<Paren&>(expr).expr);
      case Kind::kUnary:
        return CheckUnary(static_cast<Unary&>(expr));
      case Kind::kBinary:
        return CheckBinary(static_cast<Binary&>(expr));
      case Kind::kAggregate:
        return CheckAggregate(static_cast<Aggregate&>(expr));
      case Kind::kCall:
        return CheckCall(static_cast<Call&>(expr));
    }
    return ValueType::kNone;
  }

  std::optional<Complaint> first;

 private:
  void Complain(std::size_t at, std::string message) {
    if (!first) first = Complaint{at, std::move(message)};
  }

  void Want(Expr& expr, ValueType want, const std::string& where) {
    const ValueType got = Check(expr);
    if (got == want) return;
    Complain(expr.range.begin,
             fmt::format("expected type {} in {}, got {}", ToString(want), where, ToString(got)));
  }

  ValueType CheckSelector(const VectorSelector& selector) {
    const auto& matchers = selector.matchers;
    if (!selector.name.empty()) {  // its own matcher stands last
      for (std::size_t i = 0; i + 1 < matchers.size(); ++i) {
        if (matchers[i].name() != kMetricName) continue;
        Complain(selector.range.begin,
                 fmt::format("metric name must not be set twice: {} or {}", Quote(selector.name),
                             Quote(matchers[i].value())));
      }
    } else if (std::all_of(matchers.begin(), matchers.end(),
                           [](const LabelMatcher& m) { return m.Matches(""); })) {
      // It would select everything there is: a slip.
      Complain(selector.range.begin, "vector selector must contain at least one non-empty matcher");
    }
    return ValueType::kVector;
  }

  ValueType CheckSubquery(Subquery& subquery) {
    if (const ValueType type = Check(*subquery.expr); type != ValueType::kVector) {
      Complain(subquery.range.begin,
               fmt::format("subquery is only allowed on instant vector, got {} instead",
                           type == ValueType::kMatrix ? "matrix" : ToString(type)));
    }
    return ValueType::kMatrix;
  }

  ValueType CheckUnary(Unary& unary) {
    const ValueType type = Check(*unary.expr);
    if (type != ValueType::kScalar && type != ValueType::kVector) {
      Complain(unary.range.begin,
               fmt::format("unary expression only allowed on expressions of type scalar or instant "
                           "vector, got \"{}\"",
                           ToString(type)));
    }
    return type;
  }

  ValueType CheckBinary(Binary& binary) {
    const ValueType lhs = Check(*binary.lhs), rhs = Check(*binary.rhs);
    const bool scalars = lhs == ValueType::kScalar && rhs == ValueType::kScalar;
    const bool vectors = lhs == ValueType::kVector && rhs == ValueType::kVector;
    if (binary.return_bool && !IsComparison(binary.op)) {
      Complain(OperatorOf(binary), "bool modifier can only be used on comparison operators");
    }
    if (scalars && IsComparison(binary.op) && !binary.return_bool) {
      Complain(OperatorOf(binary), "comparisons between scalars must use BOOL modifier");
    }
    CheckLabels(binary);
    for (const auto& [side, type] : {std::pair(&binary.lhs, lhs), std::pair(&binary.rhs, rhs)}) {
      if (type == ValueType::kScalar || type == ValueType::kVector) continue;
      Complain((*side)->range.begin,
               "binary expression must contain only scalar and instant vector types");
    }
    if (vectors) {
      CheckSetOperator(binary);
    } else {
      if (!binary.matching->labels.empty()) {
        Complain(binary.range.begin, "vector matching only allowed between instant vectors");
      }
      binary.matching.reset();
    }
    if (IsSetOperator(binary.op) && (lhs == ValueType::kScalar || rhs == ValueType::kScalar)) {
      Complain(binary.range.begin,
               fmt::format("set operator \"{}\" not allowed in binary scalar expression",
                           ToString(binary.op)));
    }
    return scalars ? ValueType::kScalar : ValueType::kVector;
  }

  void CheckLabels(const Binary& binary) {
    if (!binary.matching->on || binary.matching->include.empty()) return;
    std::vector<std::string_view> include(binary.matching->include.begin(),
                                          binary.matching->include.end());
    std::sort(include.begin(), include.end());
    for (const std::string& label : binary.matching->labels) {
      if (!std::binary_search(include.begin(), include.end(), label)) continue;
      Complain(OperatorOf(binary),
               fmt::format("label \"{}\" must not occur in ON and GROUP clause at once", label));
    }
  }

  void CheckSetOperator(Binary& binary) {
    if (!IsSetOperator(binary.op)) return;
    Cardinality& cardinality = binary.matching->cardinality;
    if (cardinality != Cardinality::kOneToOne) {
      Complain(binary.range.begin,
               fmt::format("no grouping allowed for \"{}\" operation", ToString(binary.op)));
    }
    cardinality = Cardinality::kManyToMany;
  }

  ValueType CheckAggregate(Aggregate& aggregate) {
    Want(*aggregate.expr, ValueType::kVector, "aggregation expression");
    if (aggregate.param != nullptr) {
      const bool text = aggregate.op == AggregateOp::kCountValues;
      Want(*aggregate.param, text ? ValueType::kString : ValueType::kScalar,
           "aggregation parameter");
    }
    return ValueType::kVector;
  }

  ValueType CheckCall(Call& call) {
    const Function& function = *call.function;
    const std::size_t got = call.args.size(), known = function.arg_count;
    const auto arity = [&](std::string_view bound, std::size_t want) {
      Complain(call.range.begin, fmt::format("expected {}{} argument(s) in call to \"{}\", got {}",
                                             bound, want, function.name, got));
    };
    const auto may_miss = static_cast<std::size_t>(std::abs(function.variadic));
    if (function.variadic == 0) {
      if (got != known) arity("", known);
    } else if (got < known - may_miss) {
      arity("at least ", known - may_miss);
    } else if (function.variadic > 0 && got > known) {
      arity("at most ", known);
    }
    for (std::size_t i = 0; i < got && known > 0; ++i) {
      if (i >= known && function.variadic == 0) break;
      Want(*call.args[i], function.args[std::min(i, known - 1)],
           fmt::format("call to function \"{}\"", function.name));
    }
    return function.result;
  }

  // The operator stands behind the left side and its blanks.
  std::size_t OperatorOf(const Binary& binary) const {
    return std::min(text_.find_first_not_of(" \t\r\n", binary.lhs->range.end), text_.size());
  }

  std::string_view text_;
};

}  // namespace

std::optional<Complaint> CheckTypes(Expr& expr, std::string_view text) {
  Checker checker(text);
  checker.Check(expr);
  return std::move(checker.first);
}

}  // namespace ecsward::promql
