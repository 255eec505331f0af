#include "agent/ask_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "rules/promql/duration.h"

namespace ecsward {
namespace {

Error BadTime(std::string_view text) {
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format("want a time such as 1700000000 or 2025-03-01T12:00:00Z, got \"{}\"", text));
}

// Takes `digits` digits and the character behind them (unless 0) off `text`.
bool TakeNumber(std::string_view& text, std::size_t digits, char behind, int& number) {
  if (text.size() < digits) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || number < 0) return false;
  text.remove_prefix(digits);
  if (behind == 0) return true;
  if (!text.starts_with(behind)) return false;
  text.remove_prefix(1);
  return true;
}

// The rest behind the seconds: ".25+08:00". Milliseconds to add.
bool TakeFractionAndZone(std::string_view text, std::int64_t& ms) {
  ms = 0;
  if (text.starts_with('.')) {
    std::size_t length = 1;
    std::int64_t unit = 100;
    for (; length < text.size() && text[length] >= '0' && text[length] <= '9'; ++length) {
      ms += unit * (text[length] - '0');
      unit /= 10;
    }
    if (length == 1) return false;
    text.remove_prefix(length);
  }
  if (text == "Z" || text == "z") return true;
  if (!text.starts_with('+') && !text.starts_with('-')) return false;
  const int sign = text.starts_with('+') ? -1 : 1;
  text.remove_prefix(1);
  int hours = 0, minutes = 0;
  if (!TakeNumber(text, 2, ':', hours) || !TakeNumber(text, 2, 0, minutes)) return false;
  if (!text.empty() || hours > 23 || minutes > 59) return false;
  ms += std::int64_t{60'000} * sign * (hours * 60 + minutes);
  return true;
}

Result<std::int64_t> DurationMs(std::string_view flag, std::string_view text) {
  auto ms = promql::ParseDuration(text);
  if (!ms) return std::move(ms).error().Context(flag);
  if (*ms <= 0) return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: want more than 0", flag));
  return ms;
}

}  // namespace

Result<std::int64_t> ParseTime(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) {
    if (!(std::fabs(seconds) < 1e12)) return BadTime(text);
    return std::llround(seconds * 1000);
  }
  std::string_view rest = text;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!TakeNumber(rest, 4, '-', year) || !TakeNumber(rest, 2, '-', month) ||
      !TakeNumber(rest, 2, 0, day) || rest.empty() ||
      std::string_view("Tt ").find(rest.front()) == std::string_view::npos) {
    return BadTime(text);
  }
  rest.remove_prefix(1);
  std::int64_t more = 0;
  if (!TakeNumber(rest, 2, ':', hour) || !TakeNumber(rest, 2, ':', minute) ||
      !TakeNumber(rest, 2, 0, second) || hour > 23 || minute > 59 || second > 60 ||
      !TakeFractionAndZone(rest, more)) {
    return BadTime(text);
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return BadTime(text);
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(days).count() +
         std::int64_t{1000} * ((hour * 60 + minute) * 60 + second) + more;
}

Result<AskTimes> TimesFor(const AskArguments& ask, std::int64_t now_ms) {
  const auto time = [](std::string_view flag, const std::optional<std::string>& text,
                       std::int64_t otherwise) -> Result<std::int64_t> {
    if (!text) return otherwise;
    auto parsed = ParseTime(*text);
    if (!parsed) return std::move(parsed).error().Context(flag);
    return parsed;
  };
  AskTimes times;
  if (!ask.start && !ask.range) {
    auto at = time("--at", ask.at, now_ms);
    if (!at) return std::move(at).error();
    times.start_ms = times.end_ms = *at;
    return times;
  }
  auto end = time("--end", ask.end, now_ms);
  if (!end) return std::move(end).error();
  times.end_ms = *end;
  if (ask.range) {
    auto range = DurationMs("--range", *ask.range);
    if (!range) return std::move(range).error();
    times.start_ms = times.end_ms - *range;
  } else {
    auto start = time("--start", ask.start, 0);
    if (!start) return std::move(start).error();
    times.start_ms = *start;
  }
  const std::int64_t length = times.end_ms - times.start_ms;
  if (length < 0) return Fail(ErrorCode::kInvalidArgument, "--end: lies before --start");
  times.step_ms = std::max<std::int64_t>(1000, length / 250 / 1000 * 1000);
  if (ask.step) {
    auto step = DurationMs("--step", *ask.step);
    if (!step) return std::move(step).error();
    times.step_ms = *step;
  }
  if (length / times.step_ms > kMaxPoints) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("--step: gives more than {} points; want a longer one", kMaxPoints));
  }
  return times;
}

}  // namespace ecsward
