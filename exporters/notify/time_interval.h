// Times of the week, month and year, as Alertmanager's `time_intervals` say them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "exporters/notify/time_zone.h"

namespace ecsward::notify {

// All parts that say something must hold; each is a list of which one must. Empty: any.
struct TimeInterval {
  struct Range {
    int begin = 0, end = 0;  // both inclusive
  };
  std::vector<Range> minutes;   // of the day, the end exclusive: 09:00 to 24:00 is {540, 1440}
  std::vector<Range> weekdays;  // 0 is Sunday
  std::vector<Range> days;      // of the month, 1 to 31; -1 is the last, -2 the one before
  std::vector<Range> months;    // 1 to 12
  std::vector<Range> years;
  std::string location;  // "Asia/Shanghai", "Local"; empty: UTC
};

// `now_ms`: since 1970. A zone that this host does not know is refused when it is read
// (TimeZones::Find), so that it is known here.
bool Contains(const TimeInterval& interval, std::int64_t now_ms, TimeZones& zones);
bool Contains(const TimeInterval& interval, std::int64_t now_ms);  // reads the zone anew

}  // namespace ecsward::notify
