// The rule by which a zone goes on after its last known transition: "CST-8",
// "CET-1CEST,M3.5.0,M10.5.0/3".
// source: POSIX.1-2017 8.3, variable TZ; RFC 9636 3.3.2 (hours of a rule from -167 to 167)
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace ecsward::notify {

struct PosixTz {
  struct Rule {
    enum class Kind : std::uint8_t {
      kMonthWeekDay,  // Mm.w.d: weekday d (0 is Sunday) of the month's week w; 5 is its last one
      kJulian,        // Jn: 1 to 365, the 29th of February is never counted
      kZeroBased,     // n: 0 to 365, it is
    };
    Kind kind = Kind::kMonthWeekDay;
    int month = 3, week = 2, day = 0;
    std::int64_t time = 7200;  // seconds since midnight by the clock that is valid before it
  };
  // Seconds east of Greenwich: the sign is not the one of the text.
  std::int32_t standard = 0, daylight = 0;
  bool has_daylight = false;
  Rule begin, end = {.month = 11, .week = 1};

  std::int32_t OffsetAt(std::int64_t unix_seconds) const;
};

// errors: kParse
Result<PosixTz> ParsePosixTz(std::string_view text);

}  // namespace ecsward::notify
