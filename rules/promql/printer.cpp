// The tree as text. Parentheses are nodes of the tree, so that the printer never has to add any.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "rules/promql/ast.h"
#include "rules/promql/duration.h"
#include "rules/promql/functions.h"
#include "rules/promql/number.h"
#include "rules/promql/quote.h"

namespace ecsward::promql {
namespace {

class Printer {
 public:
  void Print(const Expr& expr) {
    switch (expr.kind) {
      case Kind::kNumber:
        out += FormatNumber(static_cast<const NumberLiteral&>(expr).value);
        break;
      case Kind::kString:
        out += Quote(static_cast<const StringLiteral&>(expr).value);
        break;
      case Kind::kVectorSelector:
        PrintSelector(static_cast<const VectorSelector&>(expr));
        PrintShift(static_cast<const VectorSelector&>(expr).shift);
        break;
      case Kind::kMatrixSelector:
        PrintMatrix(static_cast<const MatrixSelector&>(expr));
        break;
      case Kind::kSubquery:
        PrintSubquery(static_cast<const Subquery&>(expr));
        break;
      case Kind::kParen:
        out += '(';
        Print(*static_cast<const Paren&>(expr).expr);
        out += ')';
        break;
      case Kind::kUnary:
        out += static_cast<const Unary&>(expr).negative ? '-' : '+';
        Print(*static_cast<const Unary&>(expr).expr);
        break;
      case Kind::kBinary:
        PrintBinary(static_cast<const Binary&>(expr));
        break;
      case Kind::kAggregate:
        PrintAggregate(static_cast<const Aggregate&>(expr));
        break;
      case Kind::kCall:
        PrintCall(static_cast<const Call&>(expr));
        break;
    }
  }

  std::string out;

 private:
  void PrintLabels(const std::vector<std::string>& labels) {
    out += fmt::format("({})", fmt::join(labels, ", "));
  }

  void PrintSelector(const VectorSelector& selector) {
    std::vector<std::string> matchers;
    for (const LabelMatcher& m : selector.matchers) {
      const bool is_name = m.name() == kMetricName && m.type() == MatchType::kEqual;
      if (is_name && m.value() == selector.name) continue;
      matchers.push_back(m.name() + std::string(ecsward::ToString(m.type())) + Quote(m.value()));
    }
    std::sort(matchers.begin(), matchers.end());
    out += selector.name;
    if (!matchers.empty()) out += fmt::format("{{{}}}", fmt::join(matchers, ","));
  }

  void PrintShift(const TimeShift& shift) {
    switch (shift.at) {
      case TimeShift::At::kNone:
        break;
      case TimeShift::At::kTime:
        out += fmt::format(" @ {}{}.{:03}", shift.at_ms < 0 ? "-" : "",
                           std::abs(shift.at_ms) / 1000, std::abs(shift.at_ms) % 1000);
        break;
      case TimeShift::At::kStart:
        out += " @ start()";
        break;
      case TimeShift::At::kEnd:
        out += " @ end()";
        break;
    }
    if (shift.offset_ms == 0) return;
    out += shift.offset_ms < 0 ? " offset -" : " offset ";
    out += FormatDuration(std::abs(shift.offset_ms));
  }

  void PrintMatrix(const MatrixSelector& matrix) {
    PrintSelector(*matrix.selector);
    out += fmt::format("[{}]", FormatDuration(matrix.range_ms));
    PrintShift(matrix.selector->shift);
  }

  void PrintSubquery(const Subquery& subquery) {
    Print(*subquery.expr);
    out += fmt::format("[{}:{}]", FormatDuration(subquery.range_ms),
                       subquery.step_ms == 0 ? "" : FormatDuration(subquery.step_ms));
    PrintShift(subquery.shift);
  }

  // The one place where the sign of an infinity would be read as an operator: +Inf^2 is +(Inf^2).
  static bool IsInfinityToPower(const Binary& binary) {
    if (binary.op != BinaryOp::kPow || binary.lhs->kind != Kind::kNumber) return false;
    return static_cast<const NumberLiteral&>(*binary.lhs).value ==
           std::numeric_limits<double>::infinity();
  }

  void PrintBinary(const Binary& binary) {
    if (IsInfinityToPower(binary)) {
      out += "Inf";
    } else {
      Print(*binary.lhs);
    }
    out.append(" ").append(ToString(binary.op));
    if (binary.return_bool) out += " bool";
    if (binary.matching) PrintMatching(*binary.matching);
    out += ' ';
    Print(*binary.rhs);
  }

  void PrintMatching(const VectorMatching& matching) {
    const bool left = matching.cardinality == Cardinality::kManyToOne;
    const bool right = matching.cardinality == Cardinality::kOneToMany;
    if (!matching.on && matching.labels.empty() && !left && !right) return;
    out += matching.on ? " on " : " ignoring ";
    PrintLabels(matching.labels);
    if (!left && !right) return;
    out += left ? " group_left " : " group_right ";
    PrintLabels(matching.include);
  }

  void PrintAggregate(const Aggregate& aggregate) {
    out += ToString(aggregate.op);
    if (aggregate.without || !aggregate.grouping.empty()) {
      out += aggregate.without ? " without " : " by ";
      PrintLabels(aggregate.grouping);
      out += ' ';
    }
    out += '(';
    if (aggregate.param != nullptr) {
      Print(*aggregate.param);
      out += ", ";
    }
    Print(*aggregate.expr);
    out += ')';
  }

  void PrintCall(const Call& call) {
    out.append(call.function->name).append("(");
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      if (i > 0) out += ", ";
      Print(*call.args[i]);
    }
    out += ')';
  }
};

}  // namespace

std::string ToString(const Expr& expr) {
  Printer printer;
  printer.Print(expr);
  return std::move(printer.out);
}

}  // namespace ecsward::promql
