#include "rules/promql/lexer.h"

#include <fmt/format.h>

#include <algorithm>

#include "rules/promql/quote.h"

namespace ecsward::promql {
namespace {

bool IsBlank(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsDigit(int c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(int c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsLetter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsWordByte(int c) { return IsLetter(c) || IsDigit(c); }

struct Keyword {
  std::string_view text;
  TokenKind kind;
  BinaryOp binary = BinaryOp::kAdd;
  AggregateOp aggregate = AggregateOp::kSum;
};

constexpr Keyword Operator(std::string_view text, BinaryOp op) {
  return {text, TokenKind::kOperator, op, AggregateOp::kSum};
}
constexpr Keyword Aggregator(std::string_view text, AggregateOp op) {
  return {text, TokenKind::kAggregate, BinaryOp::kAdd, op};
}

constexpr Keyword kKeywords[] = {
    Operator("and", BinaryOp::kAnd),
    Operator("or", BinaryOp::kOr),
    Operator("unless", BinaryOp::kUnless),
    Operator("atan2", BinaryOp::kAtan2),
    Aggregator("sum", AggregateOp::kSum),
    Aggregator("avg", AggregateOp::kAvg),
    Aggregator("min", AggregateOp::kMin),
    Aggregator("max", AggregateOp::kMax),
    Aggregator("count", AggregateOp::kCount),
    Aggregator("group", AggregateOp::kGroup),
    Aggregator("stddev", AggregateOp::kStddev),
    Aggregator("stdvar", AggregateOp::kStdvar),
    Aggregator("topk", AggregateOp::kTopk),
    Aggregator("bottomk", AggregateOp::kBottomk),
    Aggregator("quantile", AggregateOp::kQuantile),
    Aggregator("count_values", AggregateOp::kCountValues),
    Aggregator("limitk", AggregateOp::kLimitk),
    {"bool", TokenKind::kBool},
    {"by", TokenKind::kBy},
    {"group_left", TokenKind::kGroupLeft},
    {"group_right", TokenKind::kGroupRight},
    {"ignoring", TokenKind::kIgnoring},
    {"offset", TokenKind::kOffset},
    {"on", TokenKind::kOn},
    {"without", TokenKind::kWithout},
    {"start", TokenKind::kStartKeyword},
    {"end", TokenKind::kEndKeyword},
    {"inf", TokenKind::kNumber},
    {"nan", TokenKind::kNumber},
};

// Keywords are keywords in any case.
const Keyword* FindKeyword(std::string_view word) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  for (const Keyword& keyword : kKeywords) {
    if (std::equal(word.begin(), word.end(), keyword.text.begin(), keyword.text.end(), same)) {
      return &keyword;
    }
  }
  return nullptr;
}

}  // namespace

Token Lexer::Next() {
  if (want_duration_) return AfterBracket();
  SkipBlanksAndComments();
  start_ = pos_;
  return in_braces_ ? InBraces() : Outside();
}

void Lexer::SkipBlanksAndComments() {
  for (;; ++pos_) {
    if (Peek() == '#') {
      while (Peek() != kNone && Peek() != '\n' && Peek() != '\r') ++pos_;
    }
    if (!IsBlank(Peek())) return;
  }
}

bool Lexer::Accept(std::string_view any_of) {
  if (Peek() == kNone || any_of.find(text_[pos_]) == std::string_view::npos) return false;
  ++pos_;
  return true;
}

// A `_` may stand between two digits, and behind 0x.
void Lexer::AcceptDigits(bool hex) {
  const auto is_digit = hex ? IsHexDigit : IsDigit;
  while (true) {
    if (is_digit(Peek())) {
      ++pos_;
    } else if (Peek() == '_' && pos_ > start_ && pos_ + 1 < text_.size() &&
               is_digit(static_cast<unsigned char>(text_[pos_ + 1])) &&
               (is_digit(static_cast<unsigned char>(text_[pos_ - 1])) ||
                (hex && pos_ == start_ + 2))) {
      pos_ += 2;
    } else {
      return;
    }
  }
}

Token Lexer::Emit(TokenKind kind) const {
  Token token;
  token.kind = kind;
  token.begin = static_cast<std::uint32_t>(start_);
  token.text = text_.substr(start_, pos_ - start_);
  return token;
}

Token Lexer::Emit(BinaryOp op) const {
  Token token = Emit(TokenKind::kOperator);
  token.binary = op;
  return token;
}

Token Lexer::Fail(std::string message) {
  error_ = std::move(message);
  return Emit(TokenKind::kError);
}

char32_t Lexer::TakeRune() {
  if (pos_ >= text_.size()) return kBadRune;
  const Rune rune = FrontRune(text_.substr(pos_));
  pos_ += rune.bytes;
  return rune.value;
}

Token Lexer::AtEnd() {
  if (in_braces_) return Fail("unexpected end of input inside braces");
  if (open_parens_ > 0) return Fail("unclosed left parenthesis");
  if (in_brackets_) return Fail("unclosed left bracket");
  return Emit(TokenKind::kEnd);
}

Token Lexer::InBraces() {
  const int c = Peek();
  if (c == kNone) return AtEnd();
  if (IsLetter(c)) {
    while (IsWordByte(Peek())) ++pos_;
    return Emit(TokenKind::kIdentifier);
  }
  if (c == '"' || c == '\'') return String();
  if (c == '`') return RawString();
  const char32_t rune = TakeRune();
  switch (c) {
    case ',':
      return Emit(TokenKind::kComma);
    case '=':
      return Emit(Accept("~") ? TokenKind::kRegexp : TokenKind::kAssign);
    case '!':
      if (Accept("~")) return Emit(TokenKind::kNotRegexp);
      return Bang(" inside braces");
    case '{':
      return Fail("unexpected left brace '{'");
    case '}':
      in_braces_ = false;
      return Emit(TokenKind::kRightBrace);
    default:
      return Fail("unexpected character inside braces: " + QuoteRune(rune));
  }
}

Token Lexer::Outside() {
  const int c = Peek();
  if (c == kNone) return AtEnd();
  const int behind = pos_ + 1 < text_.size() ? static_cast<unsigned char>(text_[pos_ + 1]) : kNone;
  if (IsDigit(c) || (c == '.' && IsDigit(behind))) return NumberOrDuration();
  if (c == '"' || c == '\'') return String();
  if (c == '`') return RawString();
  if (IsLetter(c) || c == ':') return Word();
  const char32_t rune = TakeRune();
  switch (c) {
    case ',':
      return Emit(TokenKind::kComma);
    case '+':
      return Emit(BinaryOp::kAdd);
    case '-':
      return Emit(BinaryOp::kSub);
    case '*':
      return Emit(BinaryOp::kMul);
    case '/':
      return Emit(BinaryOp::kDiv);
    case '%':
      return Emit(BinaryOp::kMod);
    case '^':
      return Emit(BinaryOp::kPow);
    case '=':
      if (Accept("=")) return Emit(BinaryOp::kEqual);
      if (Peek() == '~') return Fail("unexpected character after '=': '~'");
      return Emit(TokenKind::kAssign);
    case '!':
      return Bang("");
    case '<':
      return Compare(BinaryOp::kLess, BinaryOp::kLessEqual);
    case '>':
      return Compare(BinaryOp::kGreater, BinaryOp::kGreaterEqual);
    case '@':
      return Emit(TokenKind::kAt);
    case '{':
      in_braces_ = true;
      return Emit(TokenKind::kLeftBrace);
    case '(':
    case ')':
      return Paren();
    case '[':
    case ']':
      return Bracket();
    default:
      return Fail("unexpected character: " + QuoteRune(rune));
  }
}

Token Lexer::Bang(std::string_view where) {
  if (Accept("=")) return Emit(BinaryOp::kNotEqual);
  return Fail(fmt::format("unexpected character after '!'{}: {}", where, QuoteRune(TakeRune())));
}

Token Lexer::Compare(BinaryOp plain, BinaryOp with_equal) {
  const bool equal = Accept("=");
  return Emit(equal ? with_equal : plain);
}

Token Lexer::Paren() {
  if (text_[start_] == '(') {
    ++open_parens_;
    return Emit(TokenKind::kLeftParen);
  }
  if (open_parens_ == 0) {
    start_ = pos_;  // Prometheus points behind it
    return Fail("unexpected right parenthesis ')'");
  }
  --open_parens_;
  return Emit(TokenKind::kRightParen);
}

Token Lexer::Bracket() {
  if (text_[start_] == '[') {
    if (in_brackets_) return Fail("unexpected left bracket '['");
    in_brackets_ = want_duration_ = true;
    seen_colon_ = false;
    return Emit(TokenKind::kLeftBracket);
  }
  if (!in_brackets_) return Fail("unexpected right bracket ']'");
  in_brackets_ = false;
  return Emit(TokenKind::kRightBracket);
}

Token Lexer::Word() {
  if (in_brackets_) {  // only the colon of a subquery may stand here
    const char c = text_[pos_++];
    if (seen_colon_ || c != ':') return Fail(fmt::format("unexpected colon '{}'", c));
    seen_colon_ = true;
    return Emit(TokenKind::kColon);
  }
  while (IsWordByte(Peek()) || Peek() == ':') ++pos_;
  const std::string_view word = text_.substr(start_, pos_ - start_);
  if (const Keyword* keyword = FindKeyword(word)) {
    Token token = Emit(keyword->kind);
    token.binary = keyword->binary;
    token.aggregate = keyword->aggregate;
    return token;
  }
  const bool colon = word.find(':') != std::string_view::npos;
  return Emit(colon ? TokenKind::kMetricIdentifier : TokenKind::kIdentifier);
}

bool Lexer::ScanNumber() {
  const bool hex = Accept("0") && Accept("xX");
  AcceptDigits(hex);
  if (Accept(".")) AcceptDigits(hex);
  if (Accept("eE")) {
    Accept("+-");
    AcceptDigits(false);
  }
  return !IsWordByte(Peek());
}

// Behind the first number: a unit, then numbers with units. Whether they are units that may stand
// so is ParseDuration's business.
bool Lexer::ScanRestOfDuration() {
  if (!Accept("smhdwy")) return false;
  Accept("s");
  while (IsDigit(Peek())) {
    while (IsDigit(Peek())) ++pos_;
    if (!Accept("smhdw")) return false;
    Accept("s");
  }
  if (!IsWordByte(Peek())) return true;
  ++pos_;  // for the message
  return false;
}

Token Lexer::NumberOrDuration() {
  if (ScanNumber()) return Emit(TokenKind::kNumber);
  if (ScanRestOfDuration()) return Emit(TokenKind::kDuration);
  return Fail("bad number or duration syntax: " + Quote(text_.substr(start_, pos_ - start_)));
}

Token Lexer::AfterBracket() {
  want_duration_ = false;
  while (IsBlank(Peek())) ++pos_;
  start_ = pos_;
  if (ScanNumber()) {
    if (pos_ == start_) return Fail("missing unit character in duration");
    return Emit(TokenKind::kNumber);
  }
  if (ScanRestOfDuration()) return Emit(TokenKind::kDuration);
  return Fail("bad duration syntax: " + Quote(text_.substr(start_, pos_ - start_)));
}

Token Lexer::String() {
  const char quote = text_[pos_++];
  while (true) {
    const int c = Peek();
    if (c == kNone || c == '\n') return Fail("unterminated quoted string");
    const char32_t rune = TakeRune();
    if (c == quote) return Emit(TokenKind::kString);
    if (rune == kBadRune) return Fail("invalid UTF-8 rune");
    if (c == '\\' && !ScanEscape(quote)) return Emit(TokenKind::kError);
  }
}

bool Lexer::ScanEscape(char quote) {
  const auto fail = [this](std::string message) {
    error_ = std::move(message);
    return false;
  };
  if (Peek() == kNone) return fail("escape sequence not terminated");
  if (Accept("abfnrtv\\") || Accept({&quote, 1})) return true;
  const int kind = Peek();
  const bool octal = kind >= '0' && kind <= '7';
  std::size_t digits = octal ? 3 : kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  const char32_t unknown = octal ? 0 : TakeRune();
  if (digits == 0) return fail("unknown escape sequence " + NameRune(unknown));
  const std::uint64_t max = octal || kind == 'x' ? 0xFF : 0x10FFFF;
  std::uint64_t value = 0;
  for (; digits > 0; --digits) {
    if (Peek() == kNone) return fail("escape sequence not terminated");
    const char32_t rune = TakeRune();
    const int c = rune < 0x80 ? static_cast<int>(rune) : kNone;
    if (octal ? c < '0' || c > '7' : !IsHexDigit(c)) {
      return fail("illegal character " + NameRune(rune) + " in escape sequence");
    }
    const int digit = IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * (octal ? 8 : 16) + static_cast<std::uint64_t>(digit);
  }
  if (value > max || (value >= 0xD800 && value < 0xE000)) {
    return fail("escape sequence is an invalid Unicode code point");
  }
  return true;
}

Token Lexer::RawString() {
  ++pos_;
  while (true) {
    if (Peek() == kNone) return Fail("unterminated raw string");
    const char32_t rune = TakeRune();
    if (rune == '`') return Emit(TokenKind::kString);
    if (rune == kBadRune) return Fail("invalid UTF-8 rune");
  }
}

}  // namespace ecsward::promql
