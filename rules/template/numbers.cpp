#include "rules/template/numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

bool TakeSign(std::string_view& text) {
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
  const bool minus = text.front() == '-';
  text.remove_prefix(1);
  return minus;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

bool IsHex(std::string_view text) {
  return text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

// Takes "_" out. False where one does not stand between digits or behind a base's letter.
bool WithoutUnderscores(std::string_view text, std::string& out) {
  const auto is_digit = [&](std::size_t i) {
    return i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i])) != 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out.push_back(text[i]);
      continue;
    }
    const bool behind_base = i == 2 && text[0] == '0' && std::isalpha(text[1]) != 0;
    if (i == 0 || (!is_digit(i - 1) && !behind_base) || !is_digit(i + 1)) return false;
  }
  return true;
}

Error FloatError(std::string_view text, std::string_view what) {
  return Fail(ErrorCode::kParse,
              "strconv.ParseFloat: parsing " + Quote(text) + ": " + std::string(what));
}

// Without sign, with base prefix. Nothing when it is no integer or does not fit.
std::optional<std::uint64_t> ParseMagnitude(std::string_view text) {
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(base == 8 && letter != 'o' ? 1 : 2);
  }
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::string digits;
  const bool minus = TakeSign(text);
  if (!WithoutUnderscores(text, digits)) return std::nullopt;
  const auto magnitude = ParseMagnitude(digits);
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!magnitude || *magnitude > kMax + (minus ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(minus ? ~*magnitude + 1 : *magnitude);
}

// The same between the quotes of a text.
std::string Quoted(std::string_view character) {
  return '"' + std::string(character.substr(1, character.size() - 2)) + '"';
}

}  // namespace

Result<double> ParseFloat(std::string_view text) {
  std::string_view rest = text;
  const bool minus = TakeSign(rest);
  const double sign = minus ? -1 : 1;
  if (EqualsIgnoringCase(rest, "inf") || EqualsIgnoringCase(rest, "infinity")) {
    return sign * std::numeric_limits<double>::infinity();
  }
  if (rest.size() == text.size() && EqualsIgnoringCase(rest, "nan")) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::string digits;
  const bool hex = IsHex(rest);
  // A hexadecimal number needs an exponent here.
  if (!WithoutUnderscores(rest, digits) ||
      (hex && digits.find_first_of("pP") == std::string::npos)) {
    return FloatError(text, "invalid syntax");
  }
  std::string_view plain = digits;
  if (hex) plain.remove_prefix(2);
  if (plain.empty() ||
      (plain[0] != '.' && std::isxdigit(static_cast<unsigned char>(plain[0])) == 0) ||
      plain[0] == '-') {
    return FloatError(text, "invalid syntax");
  }
  double value = 0;
  const char* end = plain.data() + plain.size();
  const auto [stop, error] = std::from_chars(
      plain.data(), end, value, hex ? std::chars_format::hex : std::chars_format::general);
  if (stop != end || error == std::errc::invalid_argument || !std::isfinite(value)) {
    return FloatError(text, "invalid syntax");
  }
  if (error == std::errc::result_out_of_range) {
    // Too big is an error, too small is zero; from_chars does not say which it was.
    value = std::strtod(digits.c_str(), nullptr);
    if (std::isinf(value)) return FloatError(text, "value out of range");
  }
  return sign * value;
}

Result<NumberLiteral> ParseNumberLiteral(std::string_view text) {
  NumberLiteral number;
  if (!text.empty() && text.front() == '\'') {
    std::string character;
    if (!Unquote(text, character)) {
      std::string characters;
      const bool several = text.size() > 2 && Unquote(Quoted(text), characters);
      return Fail(ErrorCode::kParse, several ? "malformed character constant: " + std::string(text)
                                             : "invalid syntax");
    }
    number.integer = static_cast<std::int64_t>(DecodeRune(character).value);
    number.real = static_cast<double>(*number.integer);
    return number;
  }
  if (const auto integer = ParseInteger(text)) {
    number.integer = integer;
    number.real = static_cast<double>(*integer);
    return number;
  }
  std::string plain;
  std::string_view rest = text;
  const bool minus = TakeSign(rest);
  const bool real = text.find_first_of(IsHex(rest) ? ".pP" : ".eE") != std::string_view::npos;
  if (!WithoutUnderscores(rest, plain)) {
    return Fail(ErrorCode::kParse, "illegal number syntax: " + Quote(text));
  }
  const auto value = ParseFloat(plain);
  if (const auto magnitude = ParseMagnitude(plain); !real && magnitude && !TakeSign(text)) {
    number.real = static_cast<double>(*magnitude);  // fits 64 bits, but not with a sign
    return number;
  }
  if (!value || !real) {
    return Fail(ErrorCode::kParse,
                (value ? "integer overflow: " : "illegal number syntax: ") + Quote(text));
  }
  number.real = minus ? -*value : *value;
  number.ideal_real = true;
  if (std::fabs(*number.real) < 9.2e18 && std::trunc(*number.real) == *number.real) {
    number.integer = static_cast<std::int64_t>(*number.real);
  }
  return number;
}

std::string FormatShortest(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 400> buffer{};
  // Always as 1.5e+06 first: the exponent decides.
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                           std::chars_format::scientific)
                 .ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const auto e = text.find('e');
  int exponent = 0;
  const char* digits = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits, end, exponent);
  if (exponent < -4 || exponent >= 6) return std::string(text);
  end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed)
            .ptr;
  return {buffer.data(), end};
}

}  // namespace ecsward::templates
