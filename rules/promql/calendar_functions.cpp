// Days are counted from the year -292277022399, long before any second that 64 bits can say. That
// is how Go counts, so times out of range come out as there; and 400 years later the calendar is
// the same, so that all arithmetic is on unsigned numbers and starts on a Monday, the 1st of
// January of a year after a leap year.
#include "rules/promql/calendar_functions.h"

#include <array>
#include <cstdint>
#include <limits>

namespace ecsward::promql {
namespace {

constexpr std::int64_t kFirstYear = -292277022399;
constexpr std::uint64_t kSecondsBefore1970 = 9223372028715321600U;
constexpr std::uint64_t kSecondsADay = 86400, kDaysAYear = 365;
constexpr std::uint64_t kDaysIn400Years = 146097, kDaysIn100Years = 36524, kDaysIn4Years = 1461;

std::uint64_t SecondsSinceFirstYear(double unix_seconds) {
  constexpr double kLimit = 0x1p63;
  const std::int64_t whole = unix_seconds >= -kLimit && unix_seconds < kLimit
                                 ? static_cast<std::int64_t>(unix_seconds)
                                 : std::numeric_limits<std::int64_t>::min();
  return static_cast<std::uint64_t>(whole) + kSecondsBefore1970;
}

struct Date {
  std::int64_t year = 0;
  int month = 1;        // 1–12
  int day = 1;          // 1–31
  int day_of_year = 1;  // 1–366
  int days_in_month = 31;
};

Date ToDate(double unix_seconds) {
  std::uint64_t days = SecondsSinceFirstYear(unix_seconds) / kSecondsADay;
  std::uint64_t years = 400 * (days / kDaysIn400Years);
  days %= kDaysIn400Years;
  // The last of four centuries, and of four years, has a day more.
  const std::uint64_t centuries = days / kDaysIn100Years - days / (4 * kDaysIn100Years);
  days -= centuries * kDaysIn100Years;
  const std::uint64_t leap_cycles = days / kDaysIn4Years;
  days %= kDaysIn4Years;
  const std::uint64_t rest = days / kDaysAYear - days / (4 * kDaysAYear);
  days -= rest * kDaysAYear;
  years += 100 * centuries + 4 * leap_cycles + rest;

  Date date;
  date.year = static_cast<std::int64_t>(years) + kFirstYear;
  date.day_of_year = static_cast<int>(days) + 1;
  const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  const std::array<int, 12> lengths{31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  date.day = date.day_of_year;
  for (const int length : lengths) {
    date.days_in_month = length;
    if (date.day <= length) break;
    date.day -= length;
    ++date.month;
  }
  return date;
}

int DayOfWeek(double unix_seconds) {  // Sunday is 0
  return static_cast<int>((SecondsSinceFirstYear(unix_seconds) / kSecondsADay + 1) % 7);
}
int Hour(double unix_seconds) {
  return static_cast<int>(SecondsSinceFirstYear(unix_seconds) % kSecondsADay / 3600);
}
int Minute(double unix_seconds) {
  return static_cast<int>(SecondsSinceFirstYear(unix_seconds) % 3600 / 60);
}

}  // namespace

ValueFunction FindCalendarFunction(FunctionId id) {
  switch (id) {
    case FunctionId::kDaysInMonth:
      return [](double t) { return static_cast<double>(ToDate(t).days_in_month); };
    case FunctionId::kDayOfMonth:
      return [](double t) { return static_cast<double>(ToDate(t).day); };
    case FunctionId::kDayOfWeek:
      return [](double t) { return static_cast<double>(DayOfWeek(t)); };
    case FunctionId::kDayOfYear:
      return [](double t) { return static_cast<double>(ToDate(t).day_of_year); };
    case FunctionId::kHour:
      return [](double t) { return static_cast<double>(Hour(t)); };
    case FunctionId::kMinute:
      return [](double t) { return static_cast<double>(Minute(t)); };
    case FunctionId::kMonth:
      return [](double t) { return static_cast<double>(ToDate(t).month); };
    case FunctionId::kYear:
      return [](double t) { return static_cast<double>(ToDate(t).year); };
    default:
      return nullptr;
  }
}

}  // namespace ecsward::promql
