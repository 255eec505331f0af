// Moments as templates show them: Go's time.Time to the millisecond.
#pragma once

#include <array>
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

// A moment, and the zone that it is shown in.
struct Moment {
  std::int64_t unix_ms = 0;
  std::int32_t offset_seconds = 0;     // east of Greenwich
  std::array<char, 8> zone = {"UTC"};  // the abbreviation, cut where it is longer
};
CivilTime ToCivil(const Moment& moment);  // in its zone
Moment InHostZone(std::int64_t unix_ms);
// The host's for "Local"; of all others those that need no database: "UTC", and "Asia/Shanghai", as
// all of China, since 1992. Nothing for others.
std::optional<Moment> InZone(std::int64_t unix_ms, std::string_view zone);
// Its abbreviation is "+09", as Go has it of zones without one.
Moment InZone(std::int64_t unix_ms, std::int32_t offset_seconds);

inline constexpr std::int64_t kZeroTimeMs = -62'135'596'800'000;  // Go's: 0001-01-01 00:00:00 UTC

std::string_view MonthName(std::int64_t month);      // 1: "January"
std::string_view WeekdayName(std::int64_t weekday);  // 0: "Sunday"

// "2006-01-02 15:04:05.999 +0000 UTC", as Go prints a time.
std::string FormatTime(const Moment& moment);
inline std::string FormatTime(std::int64_t unix_ms) { return FormatTime(Moment{unix_ms}); }
// By an example, as Go's Time.Format: "Jan 2 15:04:05 2006".
std::string FormatTime(const Moment& moment, std::string_view layout);
inline std::string FormatTime(std::int64_t unix_ms, std::string_view layout) {
  return FormatTime(Moment{unix_ms}, layout);
}
// As Go prints a time.Duration: "1h2m3.5s", "0s".
std::string FormatGoDuration(std::int64_t nanoseconds);

}  // namespace ecsward::templates
