#include "exporters/notify/time_interval.h"

#include <algorithm>
#include <chrono>

namespace ecsward::notify {
namespace {

using Ranges = std::vector<TimeInterval::Range>;

// Nothing said: any. `end_exclusive` is 1 for minutes of the day.
bool IsIn(const Ranges& ranges, int value, int end_exclusive = 0) {
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
           return value >= range.begin && value <= range.end - end_exclusive;
         });
}

// -1 is the month's last day. A range that begins after it (31 in June) is none; one that ends
// after it ends with it.
bool IsDayIn(const Ranges& ranges, int day, int days_in_month) {
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
           const auto real = [&](int at) { return at < 0 ? days_in_month + at + 1 : at; };
           return day >= real(range.begin) && day <= real(range.end);
         });
}

}  // namespace

bool Contains(const TimeInterval& interval, std::int64_t now_ms, TimeZones& zones) {
  std::int64_t seconds =
      std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(now_ms)).count();
  // One that cannot be read is one that somebody took away after it had been checked: UTC it is.
  if (const auto zone = zones.Find(interval.location)) seconds += (*zone)->OffsetAt(seconds);

  const std::chrono::sys_seconds local{std::chrono::seconds(seconds)};
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(midnight);
  const auto last_day = (date.year() / date.month() / std::chrono::last).day();
  const auto number = [](auto part) { return static_cast<int>(static_cast<unsigned>(part)); };
  const auto minute = static_cast<int>((local - midnight).count() / 60);
  return IsIn(interval.minutes, minute, 1) &&
         IsDayIn(interval.days, number(date.day()), number(last_day)) &&
         IsIn(interval.months, number(date.month())) &&
         IsIn(interval.weekdays, static_cast<int>(std::chrono::weekday(midnight).c_encoding())) &&
         IsIn(interval.years, static_cast<int>(date.year()));
}

bool Contains(const TimeInterval& interval, std::int64_t now_ms) {
  TimeZones zones;
  return Contains(interval, now_ms, zones);
}

}  // namespace ecsward::notify
