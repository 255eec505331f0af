#include "rules/template/unicode.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace ecsward::templates {
namespace {

struct Range {
  char32_t first, last;
};

// Spaces, formats, private use and what is not assigned; the ASCII ones are tested apart.
constexpr std::array kUnprintable = {
    Range{0x7F, 0xA0},       Range{0xAD, 0xAD},        Range{0x1680, 0x1680},
    Range{0x180E, 0x180E},   Range{0x2000, 0x200F},    Range{0x2028, 0x202F},
    Range{0x205F, 0x206F},   Range{0x3000, 0x3000},    Range{0xD800, 0xF8FF},
    Range{0xFDD0, 0xFDEF},   Range{0xFEFF, 0xFEFF},    Range{0xFFF0, 0xFFFB},
    Range{0xFFFE, 0xFFFF},   Range{0x1D173, 0x1D17A},  Range{0x1FFFE, 0x1FFFF},
    Range{0x323B0, 0xE00FF}, Range{0xE01F0, 0x10FFFF},
};

// What is no letter above ASCII: signs, punctuation, symbols, emoji.
constexpr std::array kNoLetters = {
    Range{0x80, 0xA9},        Range{0xAB, 0xB4},     Range{0xB6, 0xB9},     Range{0xBB, 0xBF},
    Range{0xD7, 0xD7},        Range{0xF7, 0xF7},     Range{0x2C2, 0x2C5},   Range{0x2D2, 0x2DF},
    Range{0x300, 0x36F},      Range{0x37E, 0x37E},   Range{0x483, 0x489},   Range{0x2000, 0x2070},
    Range{0x2072, 0x207E},    Range{0x2080, 0x208F}, Range{0x20A0, 0x2101}, Range{0x2150, 0x2182},
    Range{0x2185, 0x2BFF},    Range{0x2E00, 0x2E2E}, Range{0x2E30, 0x3004}, Range{0x3007, 0x3030},
    Range{0x3036, 0x303A},    Range{0x303D, 0x3040}, Range{0x3097, 0x309C}, Range{0x30A0, 0x30A0},
    Range{0x30FB, 0x30FB},    Range{0xD800, 0xF8FF}, Range{0xFE00, 0xFE6F}, Range{0xFF00, 0xFF20},
    Range{0xFF3B, 0xFF40},    Range{0xFF5B, 0xFF65}, Range{0xFFE0, 0xFFFF}, Range{0x1F000, 0x1FAFF},
    Range{0xE0000, 0x10FFFF},
};

template <std::size_t N>
bool IsIn(const std::array<Range, N>& ranges, char32_t rune) {
  for (const Range& range : ranges) {
    if (rune >= range.first && rune <= range.last) return true;
  }
  return false;
}

// Pairs of letters whose distance is `shift`: the upper ones are `first`…`last`.
struct CaseRange {
  char32_t first, last, shift;
};
constexpr std::array kCases = {
    CaseRange{'A', 'Z', 32},         CaseRange{0xC0, 0xD6, 32},   CaseRange{0xD8, 0xDE, 32},
    CaseRange{0x391, 0x3A1, 32},     CaseRange{0x3A3, 0x3AB, 32}, CaseRange{0x410, 0x42F, 32},
    CaseRange{0x400, 0x40F, 80},     CaseRange{0x531, 0x556, 48}, CaseRange{0xFF21, 0xFF3A, 32},
    CaseRange{0x10400, 0x10427, 40},
};
// Pairs that alternate: upper even, lower odd.
constexpr std::array kEvenPairs = {Range{0x100, 0x12F},   Range{0x132, 0x137},  Range{0x14A, 0x177},
                                   Range{0x460, 0x481},   Range{0x48A, 0x4BF},  Range{0x4D0, 0x52F},
                                   Range{0x1E00, 0x1E95}, Range{0x1EA0, 0x1EFF}};
// Upper odd, lower even.
constexpr std::array kOddPairs = {Range{0x139, 0x148}, Range{0x179, 0x17E}, Range{0x4C1, 0x4CE}};

bool TakeHex(std::string_view& text, std::size_t digits, std::uint32_t& out) {
  if (text.size() < digits) return false;
  out = 0;
  for (const char c : text.substr(0, digits)) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return false;
    }
    out = out * 16 + digit;
  }
  text.remove_prefix(digits);
  return true;
}

bool TakeOctal(std::string_view& text, std::uint32_t& out) {
  if (text.size() < 3) return false;
  out = 0;
  for (const char c : text.substr(0, 3)) {
    if (c < '0' || c > '7') return false;
    out = out * 8 + static_cast<std::uint32_t>(c - '0');
  }
  text.remove_prefix(3);
  return out <= 0xFF;
}

char SimpleEscape(char c) {
  constexpr std::string_view kLetters = "abfnrtv\\";
  constexpr std::string_view kMeant = "\a\b\f\n\r\t\v\\";
  const auto at = kLetters.find(c);
  return at == std::string_view::npos ? '\0' : kMeant[at];
}

// What follows a backslash.
bool TakeEscape(std::string_view& text, char quote, std::string& out) {
  if (text.empty()) return false;
  const char c = text.front();
  std::uint32_t value = 0;
  if (c == 'x' || c == 'u' || c == 'U') {
    text.remove_prefix(1);
    if (!TakeHex(text, c == 'x' ? 2 : c == 'u' ? 4 : 8, value)) return false;
    if (c == 'x') {
      out.push_back(static_cast<char>(value));
      return true;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return false;
    AppendRune(value, out);
    return true;
  }
  if (c >= '0' && c <= '7') {
    if (!TakeOctal(text, value)) return false;
    out.push_back(static_cast<char>(value));
    return true;
  }
  const char meant = c == quote ? quote : SimpleEscape(c);
  if (meant == '\0') return false;
  out.push_back(meant);
  text.remove_prefix(1);
  return true;
}

void AppendEscaped(const Rune& rune, char byte, bool ascii_only, char quote, std::string& out) {
  if (!rune.valid()) {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    return;
  }
  const char32_t c = rune.value;
  if (c == static_cast<char32_t>(quote) || c == '\\') {
    out.push_back('\\');
    out.push_back(static_cast<char>(c));
  } else if (IsPrintable(c) && (c < 0x80 || !ascii_only)) {
    AppendRune(c, out);
  } else if (c >= 7 && c <= 13) {
    out.push_back('\\');
    out.push_back("abtnvfr"[c - 7]);
  } else if (c < ' ' || c == 0x7F) {
    out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(c));
  } else if (c < 0x10000) {
    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c));
  } else {
    out += fmt::format("\\U{:08x}", static_cast<std::uint32_t>(c));
  }
}

}  // namespace

Rune DecodeRune(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {kReplacement, 1};
  std::uint32_t value = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {kReplacement, 1};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kLeast[size] || surrogate || value > 0x10FFFF) return {kReplacement, 1};
  return {value, size};
}

void AppendRune(char32_t rune, std::string& out) {
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) rune = kReplacement;
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (rune < 0x80) {
    put(rune);
  } else if (rune < 0x800) {
    put(0xC0U | (rune >> 6U));
    put(0x80U | (rune & 0x3FU));
  } else if (rune < 0x10000) {
    put(0xE0U | (rune >> 12U));
    put(0x80U | ((rune >> 6U) & 0x3FU));
    put(0x80U | (rune & 0x3FU));
  } else {
    put(0xF0U | (rune >> 18U));
    put(0x80U | ((rune >> 12U) & 0x3FU));
    put(0x80U | ((rune >> 6U) & 0x3FU));
    put(0x80U | (rune & 0x3FU));
  }
}

std::size_t CountRunes(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(DecodeRune(text).size);
    ++count;
  }
  return count;
}

bool IsPrintable(char32_t rune) {
  if (rune < 0x7F) return rune >= ' ';
  return !IsIn(kUnprintable, rune);
}

bool IsLetter(char32_t rune) {
  if (rune < 0x80) return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
  return !IsIn(kNoLetters, rune);
}

bool IsSpace(char32_t c) {
  return (c >= '\t' && c <= '\r') || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

char32_t ToUpper(char32_t rune) {
  if (rune == 0xB5) return 0x39C;
  if (rune == 0xFF) return 0x178;
  if (rune == 0x3C2) return 0x3A3;
  for (const CaseRange& range : kCases) {
    if (rune >= range.first + range.shift && rune <= range.last + range.shift) {
      return rune - range.shift;
    }
  }
  if (IsIn(kEvenPairs, rune)) return rune & ~char32_t{1};
  if (IsIn(kOddPairs, rune)) return rune % 2 == 0 ? rune - 1 : rune;
  return rune;
}

char32_t ToLower(char32_t rune) {
  if (rune == 0x178) return 0xFF;
  for (const CaseRange& range : kCases) {
    if (rune >= range.first && rune <= range.last) return rune + range.shift;
  }
  if (IsIn(kEvenPairs, rune)) return rune | char32_t{1};
  if (IsIn(kOddPairs, rune)) return rune % 2 == 1 ? rune + 1 : rune;
  return rune;
}

std::string Quote(std::string_view text, bool ascii_only, char quote) {
  std::string out(1, quote);
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    AppendEscaped(rune, text.front(), ascii_only, quote, out);
    text.remove_prefix(rune.size);
  }
  out.push_back(quote);
  return out;
}

std::string QuoteRune(char32_t rune, bool ascii_only) {
  std::string text;
  AppendRune(rune, text);
  return Quote(text, ascii_only, '\'');
}

bool Unquote(std::string_view literal, std::string& out) {
  out.clear();
  if (literal.size() < 2 || literal.front() != literal.back()) return false;
  const char quote = literal.front();
  literal = literal.substr(1, literal.size() - 2);
  if (quote == '`') {
    for (const char c : literal) {
      if (c == '`') return false;
      if (c != '\r') out.push_back(c);
    }
    return true;
  }
  if (quote != '"' && quote != '\'') return false;
  while (!literal.empty()) {
    const char c = literal.front();
    if (c == quote || c == '\n') return false;
    literal.remove_prefix(1);
    if (c != '\\') {
      out.push_back(c);
    } else if (!TakeEscape(literal, quote, out)) {
      return false;
    }
  }
  return quote == '"' || CountRunes(out) == 1;
}

}  // namespace ecsward::templates
