#include "rules/template/humanize.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include "rules/template/format.h"
#include "rules/template/go_time.h"
#include "rules/template/numbers.h"

namespace ecsward::templates {
namespace {

constexpr int kFigures = 4;  // of every number that is shown

// Makes a number below 1 greater: "5m" for 0.005.
std::string Small(double value, std::string_view unit) {
  std::string_view prefix;
  for (const std::string_view next : {"m", "u", "n", "p", "f", "a", "z", "y"}) {
    if (std::fabs(value) >= 1) break;
    prefix = next;
    value *= 1000;
  }
  return FormatG(value, kFigures).append(prefix).append(unit);
}

template <std::size_t N>
std::string Big(double value, double step, const std::array<std::string_view, N>& prefixes) {
  std::string_view prefix;
  for (const std::string_view next : prefixes) {
    if (std::fabs(value) < step) break;
    prefix = next;
    value /= step;
  }
  return FormatG(value, kFigures).append(prefix);
}

}  // namespace

std::string Humanize(double value) {
  constexpr std::array<std::string_view, 8> kPrefixes = {"k", "M", "G", "T", "P", "E", "Z", "Y"};
  if (value == 0 || !std::isfinite(value)) return FormatG(value, kFigures);
  if (std::fabs(value) < 1) return Small(value, "");
  return Big(value, 1000, kPrefixes);
}

std::string Humanize1024(double value) {
  constexpr std::array<std::string_view, 8> kPrefixes = {"ki", "Mi", "Gi", "Ti",
                                                         "Pi", "Ei", "Zi", "Yi"};
  if (std::fabs(value) <= 1 || !std::isfinite(value)) return FormatG(value, kFigures);
  return Big(value, 1024, kPrefixes);
}

std::string HumanizeDuration(double seconds) {
  if (!std::isfinite(seconds)) return FormatG(seconds, kFigures);
  if (seconds == 0) return FormatG(seconds, kFigures) + "s";
  if (std::fabs(seconds) < 1) return Small(seconds, "s");
  const std::string_view sign = seconds < 0 ? "-" : "";
  seconds = std::fabs(seconds);
  // What no integer can hold becomes the least one in Go on amd64, hence no such duration here.
  const bool fits = seconds < 9.2e18;
  const std::int64_t whole =
      fits ? static_cast<std::int64_t>(seconds) : std::numeric_limits<std::int64_t>::min();
  const std::int64_t days = whole / 86'400;
  const std::int64_t hours = whole / 3600 % 24;
  const std::int64_t minutes = whole / 60 % 60;
  const std::int64_t rest = whole % 60;
  if (days != 0) return fmt::format("{}{}d {}h {}m {}s", sign, days, hours, minutes, rest);
  if (hours != 0) return fmt::format("{}{}h {}m {}s", sign, hours, minutes, rest);
  if (minutes != 0) return fmt::format("{}{}m {}s", sign, minutes, rest);
  return std::string(sign) + FormatG(seconds, kFigures) + "s";
}

std::string HumanizePercentage(double ratio) { return FormatG(ratio * 100, kFigures) + "%"; }

Result<std::string> HumanizeTimestamp(double unix_seconds) {
  if (!std::isfinite(unix_seconds)) return FormatG(unix_seconds, kFigures);
  const auto ms = ToUnixMs(unix_seconds);
  if (!ms) return ms.error();
  return FormatTime(*ms);
}

Result<std::int64_t> ToUnixMs(double unix_seconds) {
  if (!std::isfinite(unix_seconds)) {
    return Fail(ErrorCode::kInvalidArgument, "value is NaN or Inf");
  }
  const double nanoseconds = unix_seconds * 1e9;
  if (std::fabs(nanoseconds) >= 9'223'372'036'854'775'807.0) {
    return Fail(ErrorCode::kInvalidArgument,
                FormatShortest(unix_seconds) +
                    " cannot be represented as a nanoseconds timestamp since it overflows int64");
  }
  return static_cast<std::int64_t>(nanoseconds) / 1'000'000;
}

}  // namespace ecsward::templates
