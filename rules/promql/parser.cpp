#include "rules/promql/parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/promql/check.h"
#include "rules/promql/expr_parser.h"

namespace ecsward::promql {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

ParseError ErrorAt(std::string_view text, std::size_t at, std::string message) {
  const std::string_view before = text.substr(0, at);
  ParseError error;
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  error.column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
  error.message = std::move(message);
  return error;
}

tl::unexpected<ParseError> Refuse(std::string_view text, const Complaint& complaint) {
  return tl::unexpected(ErrorAt(text, complaint.at, complaint.message));
}

}  // namespace

std::string ParseError::ToString() const {
  return fmt::format("{}:{}: parse error: {}", line, column, message);
}

tl::expected<ExprPtr, ParseError> Parse(std::string_view text) {
  if (text.size() > kMaxBytes) return Refuse(text, {0, "expression is longer than 1 MiB"});
  ExprParser parser(text);
  ExprPtr expr = parser.WholeExpr();
  if (parser.error()) return Refuse(text, *parser.error());
  if (const auto complaint = CheckTypes(*expr, text)) return Refuse(text, *complaint);
  return expr;
}

tl::expected<std::vector<LabelMatcher>, ParseError> ParseSelector(std::string_view text) {
  if (text.size() > kMaxBytes) return Refuse(text, {0, "selector is longer than 1 MiB"});
  ExprParser parser(text);
  ExprPtr expr = parser.WholeSelector();
  if (parser.error()) return Refuse(text, *parser.error());
  if (const auto complaint = CheckTypes(*expr, text)) return Refuse(text, *complaint);
  return std::move(static_cast<VectorSelector&>(*expr).matchers);
}

}  // namespace ecsward::promql
