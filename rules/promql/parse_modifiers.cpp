// What may stand behind an operand: [5m], [1h:5m], offset 5m, @ 1609746000.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rules/promql/duration.h"
#include "rules/promql/expr_parser.h"
#include "rules/promql/grammar.h"
#include "rules/promql/number.h"

namespace ecsward::promql {

// An operand and the ranges, subqueries, offsets and times behind it.
ExprParser::Part ExprParser::ParsePostfix() {
  Part part = ParsePrimary();
  while (part) {
    if (Peek().kind == TokenKind::kLeftBracket) {
      part = ParseBrackets(std::move(part));
    } else if (Peek().kind == TokenKind::kOffset) {
      part = ParseOffset(std::move(part));
    } else if (Peek().kind == TokenKind::kAt) {
      part = ParseAt(std::move(part));
    } else {
      break;
    }
  }
  return part;
}

// A duration above zero.
std::optional<std::int64_t> ExprParser::ParseMilliseconds(std::string_view where,
                                                          std::string_view expected) {
  if (Peek().kind != TokenKind::kDuration && Peek().kind != TokenKind::kNumber) {
    Unexpected(where, expected);
    return std::nullopt;
  }
  const Token token = Take();
  auto ms = ParseDurationToken(token);
  if (ms && *ms == 0) ms = ecsward::Fail(ErrorCode::kParse, "duration must be greater than 0");
  if (ms) return *ms;
  Fail(token.begin, std::move(ms).error().message);
  return std::nullopt;
}

Result<std::int64_t> ExprParser::ParseDurationToken(const Token& token) {
  if (token.kind == TokenKind::kDuration) return ParseDuration(token.text);
  const auto seconds = ParseNumber(token.text);
  if (!seconds) return Error(seconds.error());
  constexpr double kMax = 9.2e9;  // what ParseDuration allows, too
  if (!(*seconds <= kMax)) return ecsward::Fail(ErrorCode::kParse, "duration out of range");
  return std::llround(*seconds * 1000);
}

ExprParser::Part ExprParser::ParseBrackets(Part part) {
  const Token bracket = Take();
  const auto range = ParseMilliseconds("subquery selector", "duration");
  if (!range) return {};
  if (TakeIf(TokenKind::kRightBracket)) return MakeRange(std::move(part), bracket, *range);
  if (!TakeIf(TokenKind::kColon)) {
    Unexpected("subquery or range", "\":\" or \"]\"");
    return {};
  }
  auto subquery = std::make_unique<Subquery>();
  if (Peek().kind != TokenKind::kRightBracket) {
    const auto step = ParseMilliseconds("subquery selector", "duration or \"]\"");
    if (!step) return {};
    subquery->step_ms = *step;
  }
  if (!TakeIf(TokenKind::kRightBracket)) {
    Unexpected("subquery selector", "\"]\"");
    return {};
  }
  subquery->range_ms = *range;
  const std::size_t begin = part.expr->range.begin;
  subquery->expr = std::move(part.expr);
  return Finish(std::move(subquery), begin, part.height + 1);
}

ExprParser::Part ExprParser::MakeRange(Part part, const Token& bracket, std::int64_t range_ms) {
  if (part.expr->kind != Kind::kVectorSelector) {
    Fail(bracket.begin, "ranges only allowed for vector selectors");
    return {};
  }
  auto matrix = std::make_unique<MatrixSelector>();
  matrix->selector.reset(static_cast<VectorSelector*>(part.expr.release()));
  const TimeShift& shift = matrix->selector->shift;
  if (shift.offset_ms != 0 || shift.at != TimeShift::At::kNone) {
    Fail(bracket.begin, fmt::format("no {} modifiers allowed before range",
                                    shift.offset_ms != 0 ? "offset" : "@"));
    return {};
  }
  matrix->range_ms = range_ms;
  const std::size_t begin = matrix->selector->range.begin;
  return Finish(std::move(matrix), begin, part.height + 1);
}

// Where an expression keeps its offset and time; null if it has none.
TimeShift* ExprParser::ShiftOf(Expr& expr, std::string_view modifier) {
  switch (expr.kind) {
    case Kind::kVectorSelector:
      return &static_cast<VectorSelector&>(expr).shift;
    case Kind::kMatrixSelector:
      return &static_cast<MatrixSelector&>(expr).selector->shift;
    case Kind::kSubquery:
      return &static_cast<Subquery&>(expr).shift;
    default:
      Fail(expr.range.begin,
           fmt::format("{} modifier must be preceded by an instant vector selector or range "
                       "vector selector or a subquery",
                       modifier));
      return nullptr;
  }
}

ExprParser::Part ExprParser::ParseOffset(Part part) {
  Take();
  const bool negative = Peek().kind == TokenKind::kOperator && Peek().binary == BinaryOp::kSub;
  if (negative) Take();
  const auto ms = ParseMilliseconds("offset", "duration");
  if (!ms) return {};
  TimeShift* shift = ShiftOf(*part.expr, "offset");
  if (shift == nullptr) return {};
  if (shift->offset_ms != 0) {
    Fail(part.expr->range.begin, "offset may not be set multiple times");
    return {};
  }
  shift->offset_ms = negative ? -*ms : *ms;
  part.expr->range.end = static_cast<std::uint32_t>(last_end_);
  return part;
}

ExprParser::Part ExprParser::ParseAt(Part part) {
  Take();
  TimeShift parsed;
  if (!ParseTime(parsed, part.expr->range.begin)) return {};
  TimeShift* shift = ShiftOf(*part.expr, "@");
  if (shift == nullptr) return {};
  if (shift->at != TimeShift::At::kNone) {
    Fail(part.expr->range.begin, "@ <timestamp> may not be set multiple times");
    return {};
  }
  shift->at = parsed.at;
  shift->at_ms = parsed.at_ms;
  part.expr->range.end = static_cast<std::uint32_t>(last_end_);
  return part;
}

bool ExprParser::ParseTime(TimeShift& out, std::size_t begin) {
  constexpr std::string_view kWhere = "@", kExpected = "timestamp";
  if (Peek().kind == TokenKind::kStartKeyword || Peek().kind == TokenKind::kEndKeyword) {
    const bool start = Take().kind == TokenKind::kStartKeyword;
    out.at = start ? TimeShift::At::kStart : TimeShift::At::kEnd;
    if (TakeIf(TokenKind::kLeftParen) && TakeIf(TokenKind::kRightParen)) return true;
    return Unexpected(kWhere, kExpected) != nullptr;
  }
  double sign = 1;
  if (IsSign(Peek())) sign = Take().binary == BinaryOp::kSub ? -1 : 1;
  if (Peek().kind != TokenKind::kNumber) return Unexpected(kWhere, kExpected) != nullptr;
  const Token token = Take();
  auto number = ParseNumber(token.text);
  if (!number) return Fail(token.begin, std::move(number).error().message) != nullptr;
  const double seconds = sign * *number;
  if (!(std::fabs(seconds) < 0x1p63)) {
    const std::string shown =
        std::isfinite(seconds) ? fmt::format("{:f}", seconds) : FormatNumber(seconds);
    return Fail(begin, "timestamp out of bounds for @ modifier: " + shown) != nullptr;
  }
  // Further than 285,000 years from 1970 there are no samples, and milliseconds no longer exact.
  constexpr double kFar = 9e12;
  out.at = TimeShift::At::kTime;
  out.at_ms = std::llround(std::clamp(seconds, -kFar, kFar) * 1000);
  return true;
}

}  // namespace ecsward::promql
