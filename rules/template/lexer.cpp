#include "rules/template/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

constexpr std::string_view kLeft = "{{";
constexpr std::string_view kRight = "}}";
constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::string_view kCommentStart = "/*";
constexpr std::string_view kCommentEnd = "*/";

struct Keyword {
  std::string_view text;
  TokenType type;
};
constexpr std::array kKeywords = {
    Keyword{"block", TokenType::kBlock},
    Keyword{"break", TokenType::kBreak},
    Keyword{"continue", TokenType::kContinue},
    Keyword{"define", TokenType::kDefine},
    Keyword{"else", TokenType::kElse},
    Keyword{"end", TokenType::kEnd},
    Keyword{"if", TokenType::kIf},
    Keyword{"nil", TokenType::kNil},
    Keyword{"range", TokenType::kRange},
    Keyword{"template", TokenType::kTemplate},
    Keyword{"with", TokenType::kWith},
    Keyword{"true", TokenType::kBool},
    Keyword{"false", TokenType::kBool},
};

bool IsSpace(char c) { return kSpaces.find(c) != std::string_view::npos; }
bool IsWordRune(char32_t c) { return c == '_' || IsLetter(c) || IsDigit(c); }
bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Tokens Run() {
    while (LexText() && LexAction()) {
    }
    return std::move(tokens_);
  }

 private:
  char At(std::size_t offset = 0) const {
    return pos_ + offset < text_.size() ? text_[pos_ + offset] : '\0';
  }
  bool AtText(std::string_view what, std::size_t offset = 0) const {
    return text_.substr(std::min(pos_ + offset, text_.size())).starts_with(what);
  }
  // At "-" and a space: the mark behind a left delimiter.
  bool AtLeftTrim() const { return At() == '-' && IsSpace(At(1)); }
  // At " -}}".
  bool AtRightTrim() const { return IsSpace(At()) && At(1) == '-' && AtText(kRight, 2); }

  void Emit(TokenType type) {
    tokens_.list.push_back({type, text_.substr(start_, pos_ - start_), start_, line_});
    Skip();
  }
  // Goes on from here without a token.
  void Skip() {
    const std::string_view gone = text_.substr(start_, pos_ - start_);
    line_ += static_cast<int>(std::count(gone.begin(), gone.end(), '\n'));
    start_ = pos_;
  }
  bool Fail(std::string message) {
    tokens_.error = std::move(message);
    tokens_.list.push_back({TokenType::kError, {}, start_, line_});
    return false;
  }
  static std::string Describe(char32_t rune) {
    std::string text = fmt::format("U+{:04X}", static_cast<std::uint32_t>(rune));
    if (!IsPrintable(rune)) return text;
    text += " '";
    AppendRune(rune, text);
    return text + "'";
  }

  bool LexText() {
    const auto found = text_.find(kLeft, pos_);
    const std::size_t end = found == std::string_view::npos ? text_.size() : found;
    pos_ = end;
    std::size_t trimmed = 0;
    if (found != std::string_view::npos) {
      pos_ = found + kLeft.size();
      const bool trim = AtLeftTrim();
      pos_ = end;
      while (trim && end - trimmed > start_ && IsSpace(text_[end - trimmed - 1])) ++trimmed;
    }
    pos_ -= trimmed;
    if (pos_ > start_) Emit(TokenType::kText);
    pos_ += trimmed;
    Skip();
    if (found != std::string_view::npos) return true;
    Emit(TokenType::kEof);
    return false;
  }

  bool LexAction() {
    pos_ += kLeft.size();
    const std::size_t mark = AtLeftTrim() ? 2 : 0;
    if (AtText(kCommentStart, mark)) return LexComment(mark);
    Emit(TokenType::kLeftDelim);
    pos_ += mark;
    Skip();
    parens_ = 0;
    for (;;) {
      const bool trim = AtRightTrim();
      if (trim || AtText(kRight)) {
        if (parens_ > 0) return Fail("unclosed left paren");
        if (trim) pos_ += 2;
        Skip();
        pos_ += kRight.size();
        Emit(TokenType::kRightDelim);
        if (trim) TrimRight();
        return true;
      }
      if (pos_ >= text_.size()) return Fail("unclosed action");
      if (!LexInside()) return false;
    }
  }

  void TrimRight() {
    while (pos_ < text_.size() && IsSpace(text_[pos_])) ++pos_;
    Skip();
  }

  bool LexComment(std::size_t mark) {
    pos_ += mark;
    Skip();
    const auto end = text_.find(kCommentEnd, pos_ + kCommentStart.size());
    if (end == std::string_view::npos) return Fail("unclosed comment");
    pos_ = end + kCommentEnd.size();
    const bool trim = AtRightTrim();
    if (!trim && !AtText(kRight)) return Fail("comment ends before closing delimiter");
    pos_ += (trim ? 2 : 0) + kRight.size();
    Skip();
    if (trim) TrimRight();
    return true;
  }

  bool LexInside() {
    const char c = At();
    if (IsSpace(c)) {
      // The blank of " -}}" belongs to the delimiter.
      while (IsSpace(At()) && !AtRightTrim()) ++pos_;
      Emit(TokenType::kSpace);
      return true;
    }
    switch (c) {
      case '=':
        return Single(TokenType::kAssign);
      case '|':
        return Single(TokenType::kPipe);
      case ':':
        if (At(1) != '=') return Fail("expected :=");
        ++pos_;
        return Single(TokenType::kDeclare);
      case '(':
        ++parens_;
        return Single(TokenType::kLeftParen);
      case ')':  // one too many is the parser's to find
        --parens_;
        return Single(TokenType::kRightParen);
      case '"':
        return LexQuoted("unterminated quoted string", TokenType::kString);
      case '\'':
        return LexQuoted("unterminated character constant", TokenType::kCharacter);
      case '`':
        return LexRaw();
      case '$':
        return LexWord(TokenType::kVariable);
      case '.':
        return IsAsciiDigit(At(1)) ? LexNumber() : LexWord(TokenType::kField);
      case '+':
      case '-':
        return LexNumber();
      default:
        break;
    }
    if (IsAsciiDigit(c)) return LexNumber();
    const Rune rune = DecodeRune(text_.substr(pos_));
    if (IsWordRune(rune.value) && rune.valid()) return LexWord(TokenType::kIdentifier);
    if (rune.value < 0x80 && IsPrintable(rune.value)) return Single(TokenType::kComma);
    return Fail("unrecognized character in action: " + Describe(rune.value));
  }

  bool Single(TokenType type) {
    ++pos_;
    Emit(type);
    return true;
  }

  bool LexQuoted(const char* unterminated, TokenType type) {
    const char quote = At();
    for (++pos_; pos_ < text_.size() && At() != '\n'; ++pos_) {
      if (At() == quote) return Single(type);
      if (At() == '\\' && At(1) != '\n' && pos_ + 1 < text_.size()) ++pos_;
    }
    return Fail(unterminated);
  }

  bool LexRaw() {
    const auto end = text_.find('`', pos_ + 1);
    if (end == std::string_view::npos) return Fail("unterminated raw quoted string");
    pos_ = end;
    return Single(TokenType::kRawString);
  }

  // Where a word may end.
  bool AtTerminator() const {
    if (pos_ >= text_.size()) return true;
    const char c = At();
    return IsSpace(c) || std::string_view(".,|:()}").find(c) != std::string_view::npos;
  }

  // name, .name, $name; "." and "$" alone are words as well.
  bool LexWord(TokenType type) {
    const bool marked = type != TokenType::kIdentifier;
    if (marked) ++pos_;
    for (;;) {
      const Rune rune = DecodeRune(text_.substr(pos_));
      if (rune.size == 0 || !rune.valid() || !IsWordRune(rune.value)) break;
      pos_ += rune.size;
    }
    if (!AtTerminator()) {
      return Fail("bad character " + Describe(DecodeRune(text_.substr(pos_)).value));
    }
    const std::string_view word = text_.substr(start_, pos_ - start_);
    if (word == ".") type = TokenType::kDot;
    if (!marked) {
      for (const Keyword& keyword : kKeywords) {
        if (keyword.text == word) type = keyword.type;
      }
    }
    Emit(type);
    return true;
  }

  void TakeDigits(std::string_view digits) {
    while (pos_ < text_.size() && digits.find(At()) != std::string_view::npos) ++pos_;
  }
  bool TakeOneOf(std::string_view choice) {
    if (pos_ >= text_.size() || choice.find(At()) == std::string_view::npos) return false;
    ++pos_;
    return true;
  }

  // What looks like a number; whether it is one is the parser's business.
  void ScanNumber() {
    TakeOneOf("+-");
    std::string_view digits = "0123456789_";
    std::string_view exponent = "eE";
    if (TakeOneOf("0")) {
      if (TakeOneOf("xX")) {
        digits = "0123456789abcdefABCDEF_";
        exponent = "pP";
      } else if (TakeOneOf("oO")) {
        digits = "01234567_";
      } else if (TakeOneOf("bB")) {
        digits = "01_";
      }
    }
    TakeDigits(digits);
    if (TakeOneOf(".")) TakeDigits(digits);
    if (TakeOneOf(exponent)) {
      TakeOneOf("+-");
      TakeDigits("0123456789_");
    }
  }

  bool LexNumber() {
    ScanNumber();
    const bool sum = At() == '+' || At() == '-';
    if (sum) ScanNumber();  // 1+2i, a complex number
    const bool complex = TakeOneOf("i");
    const Rune next = DecodeRune(text_.substr(pos_));
    const bool goes_on = next.size > 0 && IsWordRune(next.value);
    if (goes_on) pos_ += next.size;
    const std::string_view number = text_.substr(start_, pos_ - start_);
    if (goes_on || (sum && !complex)) return Fail("bad number syntax: " + Quote(number));
    if (complex) return Fail("complex numbers are not supported: " + Quote(number));
    Emit(TokenType::kNumber);
    return true;
  }

  std::string_view text_;
  std::size_t start_ = 0, pos_ = 0;
  int line_ = 1;
  int parens_ = 0;
  Tokens tokens_;
};

}  // namespace

Tokens Lex(std::string_view text) { return Lexer(text).Run(); }

}  // namespace ecsward::templates
