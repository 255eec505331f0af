#include "agent/units.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>

namespace ecsward {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Milliseconds; largest first, which is also the order they must come in.
constexpr Unit kTimeUnits[] = {
    {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr std::uint64_t kMaxMilliseconds =
    std::uint64_t{100} * 365 * 86'400'000;  // fits nanoseconds

constexpr Unit kSizeUnits[] = {{"TiB", std::uint64_t{1} << 40},
                               {"GiB", std::uint64_t{1} << 30},
                               {"MiB", std::uint64_t{1} << 20},
                               {"KiB", std::uint64_t{1} << 10},
                               {"B", 1}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a number and the letters behind it off `text`.
bool TakeQuantity(std::string_view& text, std::uint64_t& number, std::string_view& unit) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  std::size_t length = 0;
  while (length < text.size() && !IsDigit(text[length])) ++length;
  unit = text.substr(0, length);
  text.remove_prefix(length);
  return true;
}

// number * factor, or nothing beyond `limit`.
std::optional<std::uint64_t> Multiply(std::uint64_t number, std::uint64_t factor,
                                      std::uint64_t limit) {
  if (number > limit / factor) return std::nullopt;
  return number * factor;
}

std::optional<std::uint64_t> Milliseconds(std::string_view text) {
  if (text == "0") return 0;
  std::uint64_t sum = 0;
  std::size_t next_unit = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::uint64_t number = 0;
    std::string_view name;
    if (!TakeQuantity(text, number, name)) return std::nullopt;
    while (next_unit < std::size(kTimeUnits) && kTimeUnits[next_unit].name != name) ++next_unit;
    if (next_unit == std::size(kTimeUnits)) return std::nullopt;
    const auto part = Multiply(number, kTimeUnits[next_unit++].factor, kMaxMilliseconds);
    if (!part || sum + *part > kMaxMilliseconds) return std::nullopt;
    sum += *part;
  }
  return sum;
}

Error Want(std::string_view what, std::string_view got) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("want {}, got \"{}\"", what, got));
}

}  // namespace

Result<std::chrono::nanoseconds> ParseDuration(std::string_view text) {
  const auto ms = Milliseconds(text);
  if (!ms) return Want("a duration such as \"15s\"", text);
  return std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
}

std::string FormatDuration(std::chrono::nanoseconds duration) {
  auto left = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
  std::string text;
  for (const Unit& unit : kTimeUnits) {
    if (left / unit.factor == 0) continue;
    text += fmt::format("{}{}", left / unit.factor, unit.name);
    left %= unit.factor;
  }
  return text.empty() ? "0s" : text;
}

Result<std::uint64_t> ParseSize(std::string_view text) {
  std::string_view rest = text, name;
  std::uint64_t number = 0;
  if (TakeQuantity(rest, number, name) && rest.empty()) {
    for (const Unit& unit : kSizeUnits) {
      if (unit.name != name) continue;
      const auto bytes = Multiply(number, unit.factor, std::numeric_limits<std::int64_t>::max());
      if (bytes) return *bytes;
    }
  }
  return Want("a size such as \"64MiB\"", text);
}

}  // namespace ecsward
