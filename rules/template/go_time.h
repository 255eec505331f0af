// Moments in UTC, as templates show them: Go's time.Time as far as toTime makes one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecsward::templates {

struct CivilTime {
  std::int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0;
  int weekday = 4;   // 0: Sunday
  int year_day = 1;  // from 1
};
CivilTime ToCivil(std::int64_t unix_ms);

std::string_view MonthName(std::int64_t month);      // 1: "January"
std::string_view WeekdayName(std::int64_t weekday);  // 0: "Sunday"

// "2006-01-02 15:04:05.999 +0000 UTC", as Go prints a time.
std::string FormatTime(std::int64_t unix_ms);
// By an example, as Go's Time.Format: "Jan 2 15:04:05 2006".
std::string FormatTime(std::int64_t unix_ms, std::string_view layout);

}  // namespace ecsward::templates
