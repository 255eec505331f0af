#include "rules/promql/quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace ecsward::promql {
namespace {

// Roughly what Go calls printable; what a terminal would swallow or act on is not.
bool IsPrintable(char32_t r) {
  if (r < 0x20 || (r >= 0x7F && r <= 0xA0) || r == 0xAD) return false;
  if (r >= 0x2000 && r <= 0x200F) return false;
  if (r >= 0x2028 && r <= 0x202F) return false;
  if (r >= 0x205F && r <= 0x206F) return false;
  if (r >= 0xD800 && r <= 0xF8FF) return false;  // surrogates, private use
  return r != 0x3000 && r != 0xFEFF && r < 0xE0000;
}

void AppendEscaped(char32_t r, char quote, std::string& out) {
  constexpr std::string_view kFrom = "\a\b\f\n\r\t\v", kTo = "abfnrtv";
  if (r == '\\' || r == static_cast<unsigned char>(quote)) {
    out += '\\';
    out += static_cast<char>(r);
  } else if (IsPrintable(r)) {
    AppendUtf8(r, out);
  } else if (r < 0x80 && kFrom.find(static_cast<char>(r)) != std::string_view::npos) {
    out += '\\';
    out += kTo[kFrom.find(static_cast<char>(r))];
  } else {
    const auto number = static_cast<std::uint32_t>(r);
    out += r < 0x80      ? fmt::format("\\x{:02x}", number)
           : r < 0x10000 ? fmt::format("\\u{:04x}", number)
                         : fmt::format("\\U{:08x}", number);
  }
}

unsigned DigitOf(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  return static_cast<unsigned>(c - 'A') + 10;
}

// Appends what the escape behind a backslash stands for and takes it off `rest`.
void AppendUnescaped(std::string_view& rest, std::string& out) {
  constexpr std::string_view kFrom = "abfnrtv\\'\"", kTo = "\a\b\f\n\r\t\v\\'\"";
  const char kind = rest.front();
  if (const auto at = kFrom.find(kind); at != std::string_view::npos) {
    out += kTo[at];
    rest.remove_prefix(1);
    return;
  }
  const bool octal = kind >= '0' && kind <= '7';
  if (!octal) rest.remove_prefix(1);
  const std::size_t digits = octal ? 3 : kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
  char32_t value = 0;
  for (const char c : rest.substr(0, digits)) value = value * (octal ? 8 : 16) + DigitOf(c);
  rest.remove_prefix(std::min(digits, rest.size()));
  if (octal || kind == 'x') {
    out += static_cast<char>(value);  // a byte, not a character
  } else {
    AppendUtf8(value, out);
  }
}

}  // namespace

Rune FrontRune(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const char32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  char32_t value = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kSmallest[bytes] || value > 0x10FFFF || surrogate) return {};
  return {value, bytes};
}

void AppendUtf8(char32_t rune, std::string& out) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (rune < 0x80) {
    put(rune);
    return;
  }
  if (rune < 0x800) {
    put(0xC0 | rune >> 6);
  } else {
    if (rune < 0x10000) {
      put(0xE0 | rune >> 12);
    } else {
      put(0xF0 | rune >> 18);
      put(0x80 | (rune >> 12 & 0x3F));
    }
    put(0x80 | (rune >> 6 & 0x3F));
  }
  put(0x80 | (rune & 0x3F));
}

std::string Quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = FrontRune(text);
    if (rune.value == kBadRune && rune.bytes == 1) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (rune.value == kBadRune) {
      out += "\\ufffd";  // raw it would read as a broken character
    } else {
      AppendEscaped(rune.value, '"', out);
    }
    text.remove_prefix(rune.bytes);
  }
  return out + '"';
}

std::string QuoteRune(char32_t rune) {
  std::string out = "'";
  AppendEscaped(rune, '\'', out);
  return out + '\'';
}

std::string NameRune(char32_t rune) {
  std::string out = fmt::format("U+{:04X}", static_cast<std::uint32_t>(rune));
  if (!IsPrintable(rune)) return out;
  out += " '";
  AppendUtf8(rune, out);
  return out + '\'';
}

std::string Unquote(std::string_view literal) {
  const char quote = literal.front();
  std::string_view rest = literal.substr(1, literal.size() - 2);
  if (quote == '`') return std::string(rest);
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    const auto plain = std::min(rest.find('\\'), rest.size());
    out.append(rest.substr(0, plain));
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    rest.remove_prefix(1);
    if (!rest.empty()) AppendUnescaped(rest, out);
  }
  return out;
}

}  // namespace ecsward::promql
