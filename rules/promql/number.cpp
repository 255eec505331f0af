#include "rules/promql/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "metrics/exposition.h"

namespace ecsward::promql {
namespace {

Error Invalid(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kParse, fmt::format("error parsing number: strconv.ParseFloat: parsing "
                                             "\"{}\": {}",
                                             text, why));
}

// Whether all of `text` is one whole number to that base.
bool ReadInteger(std::string_view text, int base, double& out) {
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return false;
  out = static_cast<double>(value);
  return true;
}

}  // namespace

Result<double> ParseNumber(std::string_view text) {
  std::string digits(text);
  std::erase(digits, '_');
  const char first = digits.empty() ? ' ' : digits.front();
  if (first == 'i' || first == 'I') return std::numeric_limits<double>::infinity();
  if (first == 'n' || first == 'N') return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    if (!ReadInteger(std::string_view(digits).substr(2), 16, value)) {
      return Invalid(text, "invalid syntax");
    }
    return value;
  }
  if (first == '0' && ReadInteger(digits, 8, value)) return value;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (parsed.ptr != digits.data() + digits.size()) return Invalid(text, "invalid syntax");
  if (parsed.ec == std::errc()) return value;
  value = std::strtod(digits.c_str(), nullptr);  // says which end of the range it is
  if (value > 1) return Invalid(text, "value out of range");
  return value;
}

std::string FormatNumber(double value) {
  char text[kMaxValueText];
  return {text, FormatValue(value, text)};
}

}  // namespace ecsward::promql
