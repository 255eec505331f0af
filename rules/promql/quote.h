// Strings as Go reads and writes them in quotes: PromQL has its literals and its messages from
// there. source: https://go.dev/ref/spec#String_literals
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ecsward::promql {

inline constexpr char32_t kBadRune = 0xFFFD;

// The character at the front; kBadRune of one byte where the text is no UTF-8. `text` is not empty.
struct Rune {
  char32_t value = kBadRune;
  std::size_t bytes = 1;
};
Rune FrontRune(std::string_view text);
void AppendUtf8(char32_t rune, std::string& out);

std::string Quote(std::string_view text);  // a"b → "a\"b"; what does not print is \x.. or \u....
std::string QuoteRune(char32_t rune);      // '$'
// As messages name a character: U+007A 'z'.
std::string NameRune(char32_t rune);

// What a literal stands for: `"a\n"`, 'a' or `a`. The lexer has made sure that it is well formed.
std::string Unquote(std::string_view literal);

}  // namespace ecsward::promql
