#include "exporters/notify/channels/one_line.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "rules/template/unicode.h"

namespace ecsward::notify {
namespace {

using templates::AppendRune;
using templates::DecodeRune;
using templates::Rune;

// Breaks a line, moves a cursor or turns the writing direction around.
bool IsControl(char32_t rune) {
  return rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || rune == 0x2028 || rune == 0x2029 ||
         rune == 0x200E || rune == 0x200F || (rune >= 0x202A && rune <= 0x202E) ||
         (rune >= 0x2066 && rune <= 0x2069) || rune == 0xFEFF;
}

bool StartsWithNoCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char want, char have) {
           return std::tolower(static_cast<unsigned char>(have)) == want;
         });
}

bool BeginsLink(std::string_view text) {
  constexpr std::array<std::string_view, 2> kSchemes = {"http://", "https://"};
  return std::any_of(kSchemes.begin(), kSchemes.end(),
                     [&](std::string_view scheme) { return StartsWithNoCase(text, scheme); });
}

}  // namespace

std::string OneLine(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    text.remove_prefix(rune.size);
    if (rune.value == ' ' || IsControl(rune.value)) {
      gap = !line.empty();
      continue;
    }
    if (gap) line += ' ';
    gap = false;
    AppendRune(rune.value, line);
  }
  return line;
}

std::string OneLineWithoutLinks(std::string_view text) {
  const std::string line = OneLine(text);
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!BeginsLink(std::string_view(line).substr(i))) {
      out += line[i];
      continue;
    }
    i = std::min(line.find(' ', i), line.size());
    if (!out.empty() && out.back() == ' ') out.pop_back();
    if (i < line.size()) out += ' ';
  }
  return OneLine(out);
}

std::string ShortLine(std::string_view text, std::size_t characters) {
  std::string line = OneLine(text);
  std::size_t at = 0;
  for (std::size_t n = 0; n < characters && at < line.size(); ++n) {
    at += DecodeRune(std::string_view(line).substr(at)).size;
  }
  if (at < line.size()) {
    line.resize(at);
    line += "…";
  }
  return line;
}

}  // namespace ecsward::notify
