#include "rules/promql/eval/number_text.h"

#include <charconv>
#include <limits>
#include <string>

namespace ecsward::promql {

std::optional<double> ParseFloat(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string lower;
  for (const char c : text) {
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  if (lower == "inf" || lower == "infinity") {
    const double infinity = std::numeric_limits<double>::infinity();
    return negative ? -infinity : infinity;
  }
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();

  const bool hex = lower.starts_with("0x");
  const std::string_view digits = std::string_view(lower).substr(hex ? 2 : 0);
  // Neither a second sign nor "nan(…)"; and Go wants an exponent after hexadecimal digits.
  const bool starts_well =
      !digits.empty() && (digits[0] == '.' || (digits[0] >= '0' && digits[0] <= '9') ||
                          (hex && digits[0] >= 'a' && digits[0] <= 'f'));
  if (!starts_well || (hex && digits.find('p') == std::string_view::npos)) return std::nullopt;
  double value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value,
                      hex ? std::chars_format::hex : std::chars_format::general);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace ecsward::promql
