#include "rules/promql/expr_parser.h"

#include <algorithm>

#include "rules/promql/grammar.h"

namespace ecsward::promql {

ExprPtr ExprParser::WholeExpr() {
  if (Peek().kind == TokenKind::kEnd) {
    Fail(0, "no expression found in input");
    return nullptr;
  }
  Part part = ParseExpr(0);
  if (part && Peek().kind != TokenKind::kEnd) Unexpected("", "");
  return std::move(part.expr);
}

ExprPtr ExprParser::WholeSelector() {
  if (Peek().kind != TokenKind::kLeftBrace && !IsMetricWord(Peek())) {
    Unexpected("", "");
    return nullptr;
  }
  Part part = Peek().kind == TokenKind::kLeftBrace ? ParseSelector({}) : ParseSelector(Take());
  if (part && Peek().kind != TokenKind::kEnd) Unexpected("", "");
  return std::move(part.expr);
}

const Token& ExprParser::Peek() {
  if (!token_) {
    token_ = lexer_.Next();
    if (token_->kind == TokenKind::kError) Fail(token_->begin, lexer_.error());
  }
  return *token_;
}

Token ExprParser::Take() {
  const Token token = Peek();
  token_.reset();
  last_end_ = token.end();
  return token;
}

bool ExprParser::TakeIf(TokenKind kind) {
  if (Peek().kind != kind) return false;
  Take();
  return true;
}

std::nullptr_t ExprParser::Fail(std::size_t at, std::string message) {
  if (!error_) error_ = Complaint{at, std::move(message)};
  return nullptr;
}

std::nullptr_t ExprParser::Unexpected(std::string_view where, std::string_view expected) {
  if (where.empty() && in_aggregations_ > 0) where = "aggregation";
  std::string message = "unexpected " + Describe(Peek());
  if (!where.empty()) message.append(" in ").append(where);
  if (!expected.empty()) message.append(", expected ").append(expected);
  return Fail(Peek().begin, std::move(message));
}

ExprParser::Part ExprParser::ParseExpr(int min_precedence) {
  if (++nesting_ > kMaxNesting) {
    Fail(Peek().begin, "expression is nested too deeply");
    --nesting_;
    return {};
  }
  Part left = ParseUnary();
  while (left && Peek().kind == TokenKind::kOperator) {
    const int precedence = Precedence(Peek().binary);
    if (precedence < min_precedence) break;
    left = ParseBinary(std::move(left), precedence);
  }
  --nesting_;
  return left;
}

ExprParser::Part ExprParser::ParseBinary(Part left, int precedence) {
  auto binary = std::make_unique<Binary>();
  const Token op = Take();
  binary->op = op.binary;
  if (!ParseMatching(*binary)) return {};
  // ^ is the one that groups to the right.
  Part right = ParseExpr(op.binary == BinaryOp::kPow ? precedence : precedence + 1);
  if (!right) return {};
  const int height = std::max(left.height, right.height) + 1;
  const std::size_t begin = left.expr->range.begin;
  last_end_ = right.expr->range.end;
  binary->lhs = std::move(left.expr);
  binary->rhs = std::move(right.expr);
  return Finish(std::move(binary), begin, height);
}

// bool, on, ignoring, group_left, group_right.
bool ExprParser::ParseMatching(Binary& binary) {
  VectorMatching& matching = binary.matching.emplace();
  binary.return_bool = TakeIf(TokenKind::kBool);
  if (Peek().kind != TokenKind::kOn && Peek().kind != TokenKind::kIgnoring) return true;
  matching.on = Take().kind == TokenKind::kOn;
  if (!ParseLabels(matching.labels)) return false;
  if (TakeIf(TokenKind::kGroupLeft)) {
    matching.cardinality = Cardinality::kManyToOne;
  } else if (TakeIf(TokenKind::kGroupRight)) {
    matching.cardinality = Cardinality::kOneToMany;
  } else {
    return true;
  }
  if (Peek().kind != TokenKind::kLeftParen && MayBeginExpr(Peek())) return true;
  return ParseLabels(matching.include);
}

bool ExprParser::ParseLabels(std::vector<std::string>& out) {
  constexpr std::string_view kWhere = "grouping opts";
  if (!TakeIf(TokenKind::kLeftParen)) return Unexpected(kWhere, "\"(\"") != nullptr;
  while (!TakeIf(TokenKind::kRightParen)) {
    if (!IsLabelWord(Peek())) return Unexpected(kWhere, "label") != nullptr;
    out.emplace_back(Take().text);
    if (TakeIf(TokenKind::kComma)) {
      if (Peek().kind == TokenKind::kComma) return Unexpected(kWhere, "label") != nullptr;
    } else if (Peek().kind != TokenKind::kRightParen) {
      return Unexpected(kWhere, "\",\" or \")\"") != nullptr;
    }
  }
  return true;
}

ExprParser::Part ExprParser::ParseUnary() {
  if (!IsSign(Peek())) return ParsePostfix();
  const Token sign = Take();
  const bool minus = sign.binary == BinaryOp::kSub;
  Part operand = ParseExpr(Precedence(BinaryOp::kPow));  // -1^2 is -(1^2)
  if (!operand) return {};
  if (operand.expr->kind == Kind::kNumber) {
    auto& number = static_cast<NumberLiteral&>(*operand.expr);
    if (minus) number.value = -number.value;
    number.range.begin = sign.begin;
    return operand;
  }
  auto unary = std::make_unique<Unary>();
  unary->negative = minus;
  last_end_ = operand.expr->range.end;
  unary->expr = std::move(operand.expr);
  return Finish(std::move(unary), sign.begin, operand.height + 1);
}

}  // namespace ecsward::promql
