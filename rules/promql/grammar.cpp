#include "rules/promql/grammar.h"

#include <fmt/format.h>

#include "rules/promql/quote.h"

namespace ecsward::promql {
namespace {

bool IsWordOperator(const Token& token) {
  return token.kind == TokenKind::kOperator &&
         (IsSetOperator(token.binary) || token.binary == BinaryOp::kAtan2);
}

}  // namespace

int Precedence(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr:
      return 1;
    case BinaryOp::kAnd:
    case BinaryOp::kUnless:
      return 2;
    case BinaryOp::kAdd:
    case BinaryOp::kSub:
      return 4;
    case BinaryOp::kMul:
    case BinaryOp::kDiv:
    case BinaryOp::kMod:
    case BinaryOp::kAtan2:
      return 5;
    case BinaryOp::kPow:
      return 6;
    default:
      return 3;  // comparisons
  }
}

bool IsMetricWord(const Token& token) {
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kMetricIdentifier:
    case TokenKind::kAggregate:
    case TokenKind::kBy:
    case TokenKind::kOffset:
    case TokenKind::kWithout:
    case TokenKind::kStartKeyword:
    case TokenKind::kEndKeyword:
      return true;
    case TokenKind::kOperator:
      return IsSetOperator(token.binary);
    default:
      return false;
  }
}

bool IsLabelWord(const Token& token) {
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kAggregate:
    case TokenKind::kBool:
    case TokenKind::kBy:
    case TokenKind::kGroupLeft:
    case TokenKind::kGroupRight:
    case TokenKind::kIgnoring:
    case TokenKind::kOffset:
    case TokenKind::kOn:
    case TokenKind::kStartKeyword:
    case TokenKind::kEndKeyword:
      return true;
    default:
      return IsWordOperator(token);
  }
}

bool MayBeginExpr(const Token& token) {
  switch (token.kind) {
    case TokenKind::kNumber:
    case TokenKind::kDuration:
    case TokenKind::kString:
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBrace:
      return true;
    default:
      return IsSign(token) || IsMetricWord(token);
  }
}

bool IsSign(const Token& token) {
  return token.kind == TokenKind::kOperator &&
         (token.binary == BinaryOp::kAdd || token.binary == BinaryOp::kSub);
}

std::string Describe(const Token& token) {
  const auto quoted = [&token] {
    constexpr std::size_t kLong = 10;  // more bytes are shown as so many characters
    if (token.text.size() <= kLong) return Quote(token.text);
    std::size_t end = 0;
    for (std::size_t i = 0; i < kLong && end < token.text.size(); ++i) {
      end += FrontRune(token.text.substr(end)).bytes;
    }
    return Quote(token.text.substr(0, end)) + "...";
  };
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end of input";
    case TokenKind::kIdentifier:
      return "identifier " + Quote(token.text);
    case TokenKind::kMetricIdentifier:
      return "metric identifier " + Quote(token.text);
    case TokenKind::kString:
      return "string " + quoted();
    case TokenKind::kNumber:
      return "number " + quoted();
    case TokenKind::kDuration:
      return "duration " + quoted();
    case TokenKind::kOperator:
    case TokenKind::kRegexp:
    case TokenKind::kNotRegexp:
    case TokenKind::kAt:
      return fmt::format("<op:{}>", token.text);
    case TokenKind::kAggregate:
      return fmt::format("<aggr:{}>", token.text);
    case TokenKind::kBool:
    case TokenKind::kBy:
    case TokenKind::kGroupLeft:
    case TokenKind::kGroupRight:
    case TokenKind::kIgnoring:
    case TokenKind::kOffset:
    case TokenKind::kOn:
    case TokenKind::kWithout:
      return fmt::format("<{}>", token.text);
    default:
      return quoted();
  }
}

}  // namespace ecsward::promql
