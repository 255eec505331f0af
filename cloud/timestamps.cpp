#include "cloud/timestamps.h"

#include <fmt/chrono.h>

#include <array>
#include <charconv>
#include <chrono>

namespace ecsward::cloud {
namespace {

// Takes exactly `digits` digits from the front.
bool TakeNumber(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) return false;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return false;
  }
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return true;
}

bool Take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool TakeTimeOfDay(std::string_view& text, std::chrono::seconds& since_midnight) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!TakeNumber(text, 2, hour) || !Take(text, ":") || !TakeNumber(text, 2, minute) ||
      !Take(text, ":") || !TakeNumber(text, 2, second)) {
    return false;
  }
  since_midnight =
      std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
  return hour < 24 && minute < 60 && second <= 60;  // 60: a leap second
}

std::optional<WallTime> Moment(int year, unsigned month, int day, std::chrono::seconds time) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // Before 1970 nobody of ours has been; past 2200 the clock's nanoseconds run out.
  if (!date.ok() || year < 1970 || year > 2200) return std::nullopt;
  return WallTime(std::chrono::sys_days(date).time_since_epoch() + time);
}

}  // namespace

std::string FormatUtc(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::optional<WallTime> ParseUtc(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  std::chrono::seconds time{0};
  if (!TakeNumber(text, 4, year) || !Take(text, "-") || !TakeNumber(text, 2, month) ||
      !Take(text, "-") || !TakeNumber(text, 2, day) || !Take(text, "T") ||
      !TakeTimeOfDay(text, time)) {
    return std::nullopt;
  }
  if (Take(text, ".")) {
    const auto end = text.find_first_not_of("0123456789");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
  }
  if (text != "Z") return std::nullopt;
  return Moment(year, static_cast<unsigned>(month), day, time);
}

std::optional<WallTime> ParseHttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan ", "Feb ", "Mar ", "Apr ",
                                                        "May ", "Jun ", "Jul ", "Aug ",
                                                        "Sep ", "Oct ", "Nov ", "Dec "};
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  text.remove_prefix(comma + 2);
  int day = 0;
  if (!TakeNumber(text, 2, day) || !Take(text, " ")) return std::nullopt;
  unsigned month = 0;
  while (month < kMonths.size() && !text.starts_with(kMonths[month])) ++month;
  if (month == kMonths.size()) return std::nullopt;
  text.remove_prefix(kMonths[month].size());
  int year = 0;
  std::chrono::seconds time{0};
  if (!TakeNumber(text, 4, year) || !Take(text, " ") || !TakeTimeOfDay(text, time) ||
      text != " GMT") {
    return std::nullopt;
  }
  return Moment(year, month + 1, day, time);
}

}  // namespace ecsward::cloud
