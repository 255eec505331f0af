#include "rules/template/format_number.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "rules/template/numbers.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

// Digits of a magnitude. Base 2, 8, 10, 16.
std::string Digits(std::uint64_t value, unsigned base, bool upper) {
  const std::string_view alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  do {
    out.push_back(alphabet[value % base]);
    value /= base;
  } while (value > 0);
  std::reverse(out.begin(), out.end());
  return out;
}

std::string SignOf(bool negative, const FormatSpec& spec) {
  return negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
}

void FormatWhole(std::int64_t value, unsigned base, char32_t verb, FormatSpec spec,
                 std::string& out) {
  const bool negative = value < 0;
  const auto bits = static_cast<std::uint64_t>(value);
  const std::uint64_t magnitude = negative ? ~bits + 1 : bits;
  std::string digits = Digits(magnitude, base, verb == 'X');
  const std::string sign = SignOf(negative, spec);
  if (spec.precision >= 0) {
    if (spec.precision == 0 && magnitude == 0) {
      spec.zero = false;
      return Pad("", spec, out);
    }
    const auto wanted = static_cast<std::size_t>(spec.precision);
    if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  } else if (spec.zero && !spec.minus && spec.width > 0) {
    const auto wanted = static_cast<std::size_t>(spec.width) -
                        std::min<std::size_t>(sign.size(), static_cast<std::size_t>(spec.width));
    if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  }
  if (spec.sharp) {
    if (base == 2) digits.insert(0, "0b");
    if (base == 8 && digits.front() != '0') digits.insert(0, "0");
    if (base == 16) digits.insert(0, verb == 'X' ? "0X" : "0x");
  }
  if (verb == 'O') digits.insert(0, "0o");
  spec.zero = false;
  Pad(sign + digits, spec, out);
}

char32_t ToRune(std::int64_t value) {
  return value < 0 || value > 0x10FFFF ? kReplacement : static_cast<char32_t>(value);
}

// 0x1.8p+01
std::string HexFloat(double value, int precision, bool upper) {
  std::array<char, 64> buffer{};
  const int size = precision < 0 ? std::snprintf(buffer.data(), buffer.size(), "%a", value)
                                 : std::snprintf(buffer.data(), buffer.size(), "%.*a",
                                                 std::min(precision, 30), value);
  std::string text(buffer.data(), static_cast<std::size_t>(std::clamp(size, 0, 63)));
  const auto p = text.find('p');
  if (p != std::string::npos && text.size() - p == 3) text.insert(p + 2, "0");
  if (upper) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  }
  return text;
}

std::string Decimal(double value, char verb, const FormatSpec& spec) {
  const char letter = verb == 'v' ? 'g' : verb == 'F' ? 'f' : verb;
  const bool general = letter == 'g' || letter == 'G';
  if (general && spec.precision < 0 && !spec.sharp) {
    std::string text = FormatShortest(value);
    if (letter == 'G') std::replace(text.begin(), text.end(), 'e', 'E');
    return text;
  }
  const int precision = spec.precision < 0 ? 6 : spec.precision;
  std::string format = spec.sharp ? "%#.*" : "%.*";
  format += letter;
  // The format is made of the few letters above.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  std::string text(static_cast<std::size_t>(precision) + 340, '\0');
  const int size = std::snprintf(text.data(), text.size(), format.c_str(), precision, value);
#pragma GCC diagnostic pop
  text.resize(static_cast<std::size_t>(std::max(size, 0)));
  return text;
}

// 4503599627370496p-52
std::string BinaryFloat(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  exponent = value == 0 ? -1074 : exponent - 53;
  return std::to_string(mantissa) + "p" + (exponent >= 0 ? "+" : "") + std::to_string(exponent);
}

std::string HexText(std::string_view text, bool upper, const FormatSpec& spec) {
  if (spec.precision >= 0) text = text.substr(0, static_cast<std::size_t>(spec.precision));
  const std::string_view alphabet = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const std::string prefix = spec.sharp ? (upper ? "0X" : "0x") : "";
  std::string out;
  for (const char c : text) {
    if (out.empty() || spec.space) {
      if (!out.empty()) out += ' ';
      out += prefix;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += alphabet[byte >> 4U];
    out += alphabet[byte & 0xFU];
  }
  return out;
}

std::string_view Truncated(std::string_view text, int precision) {
  if (precision < 0) return text;
  std::string_view rest = text;
  for (int i = 0; i < precision && !rest.empty(); ++i) rest.remove_prefix(DecodeRune(rest).size);
  return text.substr(0, text.size() - rest.size());
}

// Whether `text` can stand between back quotes.
bool FitsBackquotes(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = DecodeRune(text);
    const bool control = (rune.value < ' ' && rune.value != '\t') || rune.value == 0x7F;
    if (!rune.valid() || control || rune.value == '`' || rune.value == 0xFEFF) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

}  // namespace

void Pad(std::string_view text, const FormatSpec& spec, std::string& out) {
  const std::size_t runes = spec.width > 0 ? CountRunes(text) : 0;
  const std::size_t wanted = spec.width > 0 ? static_cast<std::size_t>(spec.width) : 0;
  const std::size_t missing = wanted > runes ? wanted - runes : 0;
  if (!spec.minus) out.append(missing, spec.zero ? '0' : ' ');
  out += text;
  if (spec.minus) out.append(missing, ' ');
}

bool FormatInteger(std::int64_t value, char32_t verb, FormatSpec spec, std::string& out) {
  std::string text;
  switch (verb) {
    case 'v':
    case 'd':
      FormatWhole(value, 10, verb, spec, out);
      return true;
    case 'b':
      FormatWhole(value, 2, verb, spec, out);
      return true;
    case 'o':
    case 'O':
      FormatWhole(value, 8, verb, spec, out);
      return true;
    case 'x':
    case 'X':
      FormatWhole(value, 16, verb, spec, out);
      return true;
    case 'c':
      AppendRune(ToRune(value), text);
      break;
    case 'q':
      text = QuoteRune(ToRune(value), spec.plus);
      break;
    case 'U':
      text = Digits(static_cast<std::uint64_t>(value), 16, true);
      if (text.size() < 4) text.insert(0, 4 - text.size(), '0');
      text.insert(0, "U+");
      if (spec.sharp && value >= 0 && value <= 0x10FFFF && IsPrintable(ToRune(value))) {
        text += " '";
        AppendRune(ToRune(value), text);
        text += "'";
      }
      spec.zero = false;
      break;
    default:
      return false;
  }
  Pad(text, spec, out);
  return true;
}

bool FormatFloat(double value, char32_t verb, FormatSpec spec, std::string& out) {
  constexpr std::u32string_view kVerbs = U"vbgGxXfFeE";
  if (kVerbs.find(verb) == std::u32string_view::npos) return false;
  std::string text;
  if (std::isnan(value) || std::isinf(value)) {
    spec.zero = false;
    text = std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    if (std::isnan(value)) {
      text.insert(0, SignOf(false, spec));
    } else if (text.front() == '+' && !spec.plus) {
      // Without a flag, an infinite number still shows its plus; with a blank, the blank.
      if (spec.space) text.front() = ' ';
    }
    return Pad(text, spec, out), true;
  }
  const bool negative = std::signbit(value);
  const double magnitude = std::fabs(value);
  if (verb == 'x' || verb == 'X') {
    text = HexFloat(magnitude, spec.precision, verb == 'X');
  } else if (verb == 'b') {
    text = BinaryFloat(magnitude);
  } else {
    text = Decimal(magnitude, static_cast<char>(verb), spec);
  }
  const std::string sign = SignOf(negative, spec);
  if (!sign.empty() && spec.zero && spec.width > static_cast<int>(text.size() + 1)) {
    out += sign;
    --spec.width;
    Pad(text, spec, out);
    return true;
  }
  Pad(sign + text, spec, out);
  return true;
}

bool FormatText(std::string_view text, char32_t verb, const FormatSpec& spec, std::string& out) {
  switch (verb) {
    case 'v':
    case 's':
      Pad(Truncated(text, spec.precision), spec, out);
      return true;
    case 'x':
    case 'X':
      Pad(HexText(text, verb == 'X', spec), spec, out);
      return true;
    case 'q':
      text = Truncated(text, spec.precision);
      if (spec.sharp && FitsBackquotes(text)) {
        Pad("`" + std::string(text) + "`", spec, out);
      } else {
        Pad(Quote(text, spec.plus), spec, out);
      }
      return true;
    default:
      return false;
  }
}

}  // namespace ecsward::templates
