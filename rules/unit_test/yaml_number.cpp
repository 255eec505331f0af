#include "rules/unit_test/yaml_number.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>

namespace ecsward {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<double> SpecialNumber(std::string_view text) {
  if (text == ".nan" || text == ".NaN" || text == ".NAN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (text != ".inf" && text != ".Inf" && text != ".INF") return std::nullopt;
  const double inf = std::numeric_limits<double>::infinity();
  return minus ? -inf : inf;
}

std::optional<double> Integer(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char kind = static_cast<char>(text[1] | 0x20);
    base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
    text.remove_prefix(kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const auto number = static_cast<double>(value);
  return minus ? -number : number;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
std::optional<double> Float(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  const bool digits = !text.empty() && IsDigit(text[0]);
  if (!digits && !(text.size() > 1 && text[0] == '.' && IsDigit(text[1]))) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return minus ? -value : value;
}

}  // namespace

std::optional<double> ParseYamlNumber(std::string_view text) {
  if (const auto special = SpecialNumber(text)) return special;
  std::string plain;
  for (const char c : text) {
    if (c != '_') plain += c;
  }
  if (text.starts_with('_')) return std::nullopt;
  if (const auto integer = Integer(plain)) return integer;
  return Float(plain);
}

}  // namespace ecsward
