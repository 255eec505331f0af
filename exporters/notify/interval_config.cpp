#include "exporters/notify/interval_config.h"

#include <fmt/format.h>

#include <optional>

#include "exporters/notify/time_interval_parse.h"

namespace ecsward::notify {
namespace {

using Range = TimeInterval::Range;

void ReadRanges(ConfigReader& reader, const Spot& spot,
                Result<Range> (*parse)(std::string_view text), std::vector<Range>& into) {
  for (const Spot& item : reader.Items(spot)) {
    std::string text;
    if (!reader.Text(item, text)) continue;
    if (const auto range = parse(text)) {
      into.push_back(*range);
    } else {
      reader.Add(item, range.error().message);
    }
  }
}

// `{start_time: "09:00", end_time: "17:00"}`
void ReadTimes(ConfigReader& reader, const Spot& spot, std::vector<Range>& into) {
  for (const Spot& item : reader.Items(spot)) {
    std::optional<int> start, end;
    const auto time = [&reader](std::optional<int>& minute) {
      return [&reader, &minute](const Spot& s) {
        std::string text;
        if (!reader.Text(s, text)) return;
        if (const auto read = ParseMinuteOfDay(text)) {
          minute = *read;
        } else {
          reader.Add(s, read.error().message);
        }
      };
    };
    reader.Map(item, {{"start_time", time(start)}, {"end_time", time(end)}});
    if (start && end && *start < *end) {
      into.push_back({*start, *end});
    } else if (start && end) {
      reader.Add(item, "want a start_time before the end_time; for a night, two times");
    } else if (!reader.HasProblemAt(item.path)) {
      reader.Add(item, "want both a start_time and an end_time");
    }
  }
}

void ReadLocation(ConfigReader& reader, const Spot& spot, std::string& into) {
  std::string zone;
  if (!reader.Text(spot, zone)) return;
  if (zone.empty() || zone == "UTC") return;
  const bool known =
      zone == "Local" ||
      (IsZoneName(zone) && (reader.files() == nullptr || reader.files()->KnowsZone(zone)));
  if (!known) {
    reader.Add(spot, fmt::format("this host knows no time zone \"{}\"; want one such as "
                                 "\"Asia/Shanghai\" (package tzdata)",
                                 Shown(zone)));
    return;
  }
  into = std::move(zone);
}

}  // namespace

TimeInterval ReadTimeInterval(ConfigReader& reader, const Spot& spot) {
  TimeInterval interval;
  const auto ranges = [&reader](auto parse, std::vector<Range>& into) {
    return [&reader, parse, &into](const Spot& s) { ReadRanges(reader, s, parse, into); };
  };
  reader.Map(spot,
             {{"times", [&](const Spot& s) { ReadTimes(reader, s, interval.minutes); }},
              {"weekdays", ranges(ParseWeekdays, interval.weekdays)},
              {"days_of_month", ranges(ParseDaysOfMonth, interval.days)},
              {"months", ranges(ParseMonths, interval.months)},
              {"years", ranges(ParseYears, interval.years)},
              {"location", [&](const Spot& s) { ReadLocation(reader, s, interval.location); }}});
  return interval;
}

void ReadTimeIntervals(ConfigReader& reader, const Spot& spot, NamedIntervals& into) {
  for (const Spot& item : reader.Items(spot)) {
    std::string name;
    std::vector<TimeInterval> intervals;
    reader.Map(item, {{"name", [&](const Spot& s) { reader.Text(s, name); }},
                      {"time_intervals", [&](const Spot& s) {
                         for (const Spot& one : reader.Items(s)) {
                           intervals.push_back(ReadTimeInterval(reader, one));
                         }
                       }}});
    if (name.empty()) {
      if (!reader.HasProblemAt(item.path + ".name")) reader.Add(item, "want a name");
    } else if (!into.emplace(name, std::move(intervals)).second) {
      reader.Add(item, fmt::format("a time interval \"{}\" is there already", Shown(name)));
    }
  }
}

}  // namespace ecsward::notify
