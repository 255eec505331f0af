// What operators stand between: literals, selectors, parentheses, calls, aggregations.
#include <fmt/format.h>

#include <algorithm>

#include "rules/promql/duration.h"
#include "rules/promql/expr_parser.h"
#include "rules/promql/functions.h"
#include "rules/promql/grammar.h"
#include "rules/promql/number.h"
#include "rules/promql/quote.h"

namespace ecsward::promql {

ExprParser::Part ExprParser::ParsePrimary() {
  switch (Peek().kind) {
    case TokenKind::kNumber:
    case TokenKind::kDuration:
      return ParseNumberLiteral();
    case TokenKind::kString: {
      const Token token = Take();
      auto literal = std::make_unique<StringLiteral>();
      literal->value = Unquote(token.text);
      return Finish(std::move(literal), token.begin, 1);
    }
    case TokenKind::kLeftParen:
      return ParseParen();
    case TokenKind::kLeftBrace:
      return ParseSelector({});
    default:
      break;
  }
  if (!IsMetricWord(Peek())) {
    Unexpected("", "");
    return {};
  }
  const Token word = Take();
  const TokenKind next = Peek().kind;
  if (word.kind == TokenKind::kIdentifier && next == TokenKind::kLeftParen) {
    return ParseCall(word);
  }
  if (word.kind == TokenKind::kAggregate &&
      (next == TokenKind::kLeftParen || next == TokenKind::kBy || next == TokenKind::kWithout)) {
    return ParseAggregate(word);
  }
  return ParseSelector(word);
}

ExprParser::Part ExprParser::ParseNumberLiteral() {
  const Token token = Take();
  auto literal = std::make_unique<NumberLiteral>();
  if (token.kind == TokenKind::kDuration) {
    auto ms = ParseDuration(token.text);
    if (!ms) return {Fail(token.begin, std::move(ms).error().message)};
    literal->value = static_cast<double>(*ms) / 1000;
  } else {
    auto value = ParseNumber(token.text);
    if (!value) return {Fail(token.begin, std::move(value).error().message)};
    literal->value = *value;
  }
  return Finish(std::move(literal), token.begin, 1);
}

ExprParser::Part ExprParser::ParseParen() {
  const Token open = Take();
  Part inner = ParseExpr(0);
  if (!inner) return {};
  if (!TakeIf(TokenKind::kRightParen)) return {Unexpected("", "")};
  auto paren = std::make_unique<Paren>();
  paren->expr = std::move(inner.expr);
  return Finish(std::move(paren), open.begin, inner.height + 1);
}

// `name` is the token before the braces, or nothing; the braces may be missing behind a name.
ExprParser::Part ExprParser::ParseSelector(std::optional<Token> name) {
  auto selector = std::make_unique<VectorSelector>();
  const std::size_t begin = name ? name->begin : Peek().begin;
  if (Peek().kind == TokenKind::kLeftBrace && !ParseMatchers(selector->matchers)) return {};
  if (name) {
    selector->name = name->text;
    auto matcher = LabelMatcher::Make(MatchType::kEqual, std::string(kMetricName), selector->name);
    selector->matchers.push_back(*std::move(matcher));
  }
  return Finish(std::move(selector), begin, 1);
}

bool ExprParser::ParseMatchers(std::vector<LabelMatcher>& out) {
  constexpr std::string_view kWhere = "label matching";
  Take();
  while (!TakeIf(TokenKind::kRightBrace)) {
    if (Peek().kind != TokenKind::kIdentifier) {
      return Unexpected(kWhere, "identifier or \"}\"") != nullptr;
    }
    const Token label = Take();
    const auto type = TakeMatchType();
    if (!type) return Unexpected(kWhere, "label matching operator") != nullptr;
    if (Peek().kind != TokenKind::kString) return Unexpected(kWhere, "string") != nullptr;
    auto matcher = LabelMatcher::Make(*type, std::string(label.text), Unquote(Take().text));
    if (!matcher) return Fail(label.begin, std::move(matcher).error().message) != nullptr;
    out.push_back(*std::move(matcher));
    if (!TakeIf(TokenKind::kComma) && Peek().kind != TokenKind::kRightBrace) {
      return Unexpected(kWhere, "\",\" or \"}\"") != nullptr;
    }
  }
  return true;
}

std::optional<MatchType> ExprParser::TakeMatchType() {
  std::optional<MatchType> type;
  switch (Peek().kind) {
    case TokenKind::kAssign:
      type = MatchType::kEqual;
      break;
    case TokenKind::kRegexp:
      type = MatchType::kRegexp;
      break;
    case TokenKind::kNotRegexp:
      type = MatchType::kNotRegexp;
      break;
    case TokenKind::kOperator:
      type = MatchType::kNotEqual;  // in braces there is no other
      break;
    default:
      return std::nullopt;
  }
  Take();
  return type;
}

bool ExprParser::ParseArguments(std::vector<ExprPtr>& out, int& height) {
  Take();
  if (TakeIf(TokenKind::kRightParen)) return true;
  while (true) {
    Part argument = ParseExpr(0);
    if (!argument) return false;
    height = std::max(height, argument.height + 1);
    out.push_back(std::move(argument.expr));
    if (TakeIf(TokenKind::kRightParen)) return true;
    if (Peek().kind != TokenKind::kComma) return Unexpected("", "") != nullptr;
    const Token comma = Take();
    if (!MayBeginExpr(Peek())) {
      return Fail(comma.begin, "trailing commas not allowed in function call args") != nullptr;
    }
  }
}

ExprParser::Part ExprParser::ParseCall(const Token& name) {
  auto call = std::make_unique<Call>();
  int height = 1;
  if (!ParseArguments(call->args, height)) return {};
  call->function = FindFunction(name.text);
  if (call->function == nullptr) {
    return {Fail(name.begin, "unknown function with name " + Quote(name.text))};
  }
  return Finish(std::move(call), name.begin, height);
}

bool ExprParser::ParseGrouping(Aggregate& aggregate) {
  aggregate.without = Take().kind == TokenKind::kWithout;
  return ParseLabels(aggregate.grouping);
}

ExprParser::Part ExprParser::ParseAggregate(const Token& op) {
  auto aggregate = std::make_unique<Aggregate>();
  aggregate->op = op.aggregate;
  const auto at_grouping = [this] {
    return Peek().kind == TokenKind::kBy || Peek().kind == TokenKind::kWithout;
  };
  ++in_aggregations_;
  const bool grouping_first = at_grouping();
  if (grouping_first && !ParseGrouping(*aggregate)) return {};
  if (Peek().kind != TokenKind::kLeftParen) return {Unexpected("", "")};
  std::vector<ExprPtr> arguments;
  int height = 1;
  if (!ParseArguments(arguments, height)) return {};
  if (!grouping_first && at_grouping() && !ParseGrouping(*aggregate)) return {};
  --in_aggregations_;
  if (error_) return {};  // of the token behind it
  return FinishAggregate(std::move(aggregate), std::move(arguments), op.begin, height);
}

ExprParser::Part ExprParser::FinishAggregate(std::unique_ptr<Aggregate> aggregate,
                                             std::vector<ExprPtr> arguments, std::size_t begin,
                                             int height) {
  const AggregateOp op = aggregate->op;
  const bool param = op == AggregateOp::kTopk || op == AggregateOp::kBottomk ||
                     op == AggregateOp::kQuantile || op == AggregateOp::kCountValues ||
                     op == AggregateOp::kLimitk;
  const std::size_t want = param ? 2 : 1;
  if (arguments.empty()) {
    return {Fail(begin, "no arguments for aggregate expression provided")};
  }
  if (arguments.size() != want) {
    return {Fail(begin, fmt::format("wrong number of arguments for aggregate expression "
                                    "provided, expected {}, got {}",
                                    want, arguments.size()))};
  }
  if (param) aggregate->param = std::move(arguments.front());
  aggregate->expr = std::move(arguments.back());
  return Finish(std::move(aggregate), begin, height);
}

}  // namespace ecsward::promql
