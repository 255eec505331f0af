// `time_intervals` of the configuration, and `mute_time_intervals` as they were called before.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "exporters/notify/config_reader.h"
#include "exporters/notify/time_interval.h"

namespace ecsward::notify {

using NamedIntervals = std::map<std::string, std::vector<TimeInterval>, std::less<>>;

// A name that is there already is a problem.
void ReadTimeIntervals(ConfigReader& reader, const Spot& spot, NamedIntervals& into);

// The interval that a mapping describes: `{weekdays: ['monday:friday'], location: Local}`.
TimeInterval ReadTimeInterval(ConfigReader& reader, const Spot& spot);

}  // namespace ecsward::notify
