// The little of Unicode that templates need: UTF-8, which characters can be printed, upper and
// lower case of the alphabets that have them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ecsward::templates {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Rune {
  char32_t value = kReplacement;  // also of a byte that is no UTF-8; its size is then 1
  std::size_t size = 0;           // 0 at the end of the text
  bool valid() const { return value != kReplacement || size > 1; }
};
Rune DecodeRune(std::string_view text);
void AppendRune(char32_t rune, std::string& out);  // what is no character becomes U+FFFD
std::size_t CountRunes(std::string_view text);

bool IsPrintable(char32_t rune);  // as Go's unicode.IsPrint, but for scripts that few use
bool IsLetter(char32_t rune);     // the same
bool IsSpace(char32_t rune);      // as Go's unicode.IsSpace
inline bool IsDigit(char32_t rune) { return rune >= '0' && rune <= '9'; }
char32_t ToUpper(char32_t rune);
char32_t ToLower(char32_t rune);

// `"a\n"`: as a Go string literal. `ascii_only` escapes what is not ASCII, too.
std::string Quote(std::string_view text, bool ascii_only = false, char quote = '"');
std::string QuoteRune(char32_t rune, bool ascii_only = false);
// Takes a literal apart: "a\n", `a` or 'a'. False when it is none.
bool Unquote(std::string_view literal, std::string& out);

}  // namespace ecsward::templates
