// The words of `time_intervals`, each as Alertmanager 0.25 reads it: "09:00", "monday:friday",
// "-3:-1", "january:march", "2026:2027". YAML is elsewhere (interval_config.h).
#pragma once

#include <string_view>

#include "base/result.h"
#include "exporters/notify/time_interval.h"

namespace ecsward::notify {

// "09:00" → 540; "24:00" is 1440. errors (of all here): kInvalidArgument saying what is wanted
Result<int> ParseMinuteOfDay(std::string_view text);

// One value or "BEGIN:END", in whatever case.
// "monday" → {1, 1}; "saturday:sunday" is refused: the week begins on Sunday.
Result<TimeInterval::Range> ParseWeekdays(std::string_view text);
// "1:5"; negative days count from the month's end: "-3:-1" are the last three.
Result<TimeInterval::Range> ParseDaysOfMonth(std::string_view text);
// "january:march", "1:3"
Result<TimeInterval::Range> ParseMonths(std::string_view text);
Result<TimeInterval::Range> ParseYears(std::string_view text);

// Whether it may be the name of a time zone: a relative path without "..".
bool IsZoneName(std::string_view text);

}  // namespace ecsward::notify
