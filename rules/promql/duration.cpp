#include "rules/promql/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace ecsward::promql {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
  // A year or a week is written only when nothing smaller is left over: "90d", not "12w6d".
  bool only_whole;
};

constexpr Unit kUnits[] = {
    {"y", 365LL * 86'400'000, true},
    {"w", 7LL * 86'400'000, true},
    {"d", 86'400'000, false},
    {"h", 3'600'000, false},
    {"m", 60'000, false},
    {"s", 1000, false},
    {"ms", 1, false},
};

// What fits into a count of nanoseconds: more cannot be said to Prometheus.
constexpr std::int64_t kMaxMs = std::numeric_limits<std::int64_t>::max() / 1'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Result<std::int64_t> ParseDuration(std::string_view text) {
  if (text.empty()) return Fail(ErrorCode::kParse, "empty duration string");
  if (text == "0") return 0;  // the one number that needs no unit
  const auto invalid = [text] {
    return Fail(ErrorCode::kParse, fmt::format("not a valid duration string: \"{}\"", text));
  };
  std::int64_t total = 0;
  bool too_long = false;  // said last: a wrong form is the nearer mistake
  std::size_t next_unit = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::size_t digits = 0;
    while (digits < rest.size() && IsDigit(rest[digits])) ++digits;
    std::size_t end = digits;
    while (end < rest.size() && !IsDigit(rest[end])) ++end;
    const std::string_view name = rest.substr(digits, end - digits);
    std::size_t unit = next_unit;
    while (unit < std::size(kUnits) && kUnits[unit].name != name) ++unit;
    if (digits == 0 || unit == std::size(kUnits)) return invalid();
    next_unit = unit + 1;
    std::int64_t count = 0;
    const auto parsed = std::from_chars(rest.data(), rest.data() + digits, count);
    if (parsed.ec != std::errc() || count > (kMaxMs - total) / kUnits[unit].ms) {
      too_long = true;
    } else if (!too_long) {
      total += count * kUnits[unit].ms;
    }
    rest.remove_prefix(end);
  }
  if (too_long) return Fail(ErrorCode::kParse, "duration out of range");
  return total;
}

std::string FormatDuration(std::int64_t ms) {
  if (ms == 0) return "0s";
  std::string out;
  for (const Unit& unit : kUnits) {
    if (unit.only_whole && ms % unit.ms != 0) continue;
    if (const std::int64_t count = ms / unit.ms; count > 0) {
      out += fmt::format("{}{}", count, unit.name);
      ms -= count * unit.ms;
    }
  }
  return out;
}

}  // namespace ecsward::promql
