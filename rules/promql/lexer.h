// PromQL's words. The parser asks for one after the other; what cannot be a word is a token kError.
//
// The lexer knows a little of the grammar, as Prometheus's does: words inside braces are always
// label names, a bracket begins with a duration, parentheses must balance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/promql/ast.h"

namespace ecsward::promql {

enum class TokenKind : std::uint8_t {
  kEnd,
  kError,  // Lexer::error() says why
  kIdentifier,
  kMetricIdentifier,  // with a colon in it
  kString,            // with its quotes
  kNumber,
  kDuration,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  kComma,
  kColon,
  kAssign,  // =
  kRegexp,  // =~
  kNotRegexp,
  kAt,
  kOperator,   // `binary` says which; != in braces, too
  kAggregate,  // `aggregate` says which
  kBool,
  kBy,
  kGroupLeft,
  kGroupRight,
  kIgnoring,
  kOffset,
  kOn,
  kWithout,
  kStartKeyword,  // start, of `@ start()`
  kEndKeyword,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  BinaryOp binary = BinaryOp::kAdd;
  AggregateOp aggregate = AggregateOp::kSum;
  std::uint32_t begin = 0;  // byte of the text
  std::string_view text;
  std::uint32_t end() const { return begin + static_cast<std::uint32_t>(text.size()); }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}  // text outlives this

  // The next token, comments left out. After kEnd or kError there is nothing more to ask for.
  Token Next();
  const std::string& error() const { return error_; }

 private:
  static constexpr int kNone = -1;  // behind the last byte

  int Peek() const { return pos_ < text_.size() ? static_cast<unsigned char>(text_[pos_]) : kNone; }
  bool Accept(std::string_view any_of);
  void AcceptDigits(bool hex);
  Token Emit(TokenKind kind) const;
  Token Emit(BinaryOp op) const;
  Token Fail(std::string message);
  char32_t TakeRune();  // kBadRune at the end

  void SkipBlanksAndComments();
  Token InBraces();
  Token Outside();
  Token AtEnd();
  Token Bang(std::string_view where);
  Token Compare(BinaryOp plain, BinaryOp with_equal);
  Token Paren();
  Token Bracket();
  Token Word();
  Token NumberOrDuration();
  Token AfterBracket();
  Token String();
  Token RawString();
  bool ScanNumber();
  bool ScanRestOfDuration();
  bool ScanEscape(char quote);  // false: error_ is set

  std::string_view text_;
  std::size_t start_ = 0, pos_ = 0;  // of the token at hand
  std::size_t open_parens_ = 0;
  bool in_braces_ = false, in_brackets_ = false;
  bool want_duration_ = false, seen_colon_ = false;
  std::string error_;
};

}  // namespace ecsward::promql
