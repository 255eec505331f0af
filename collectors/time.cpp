#include "collectors/time.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kSeconds{"node_time_seconds", "System time in seconds since 1970.",
                          MetricType::kGauge};
constexpr Metric kZoneOffset{"node_time_zone_offset_seconds",
                             "Seconds by which local time is ahead of UTC.", MetricType::kGauge,
                             "time_zone"};
constexpr Metric kAvailable{"node_time_clocksource_available_info",
                            "1 for each clock source that the kernel could use.",
                            MetricType::kGauge, "device,clocksource"};
constexpr Metric kCurrent{"node_time_clocksource_current_info",
                          "1 for the clock source that the kernel uses.", MetricType::kGauge,
                          "device,clocksource"};

constexpr std::string_view kFolder = "devices/system/clocksource";
constexpr std::string_view kPrefix = "clocksource";

}  // namespace

TimeCollector::TimeCollector(const CollectorEnv& env) : kernel_(env.kernel) {
  const auto names = env.root.List(Tree::kSys, kFolder);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!name.starts_with(kPrefix)) continue;
    const std::string folder = std::string(kFolder) + "/" + name;
    sources_.push_back({name.substr(kPrefix.size()),
                        env.root.File(Tree::kSys, folder + "/available_clocksource"),
                        env.root.File(Tree::kSys, folder + "/current_clocksource")});
  }
}

Result<void> TimeCollector::Collect(const Tick& tick, Recorder& out) {
  out.Set(kSeconds, UnixSeconds(tick.wall));
  const ZoneInfo zone = kernel_.LocalZone(tick.wall);
  out.Set(kZoneOffset, {zone.abbreviation}, static_cast<double>(zone.offset_seconds));
  for (ClockSource& source : sources_) {
    std::string_view text, name;
    if (source.available.TryRead(buffer_, text) == 0) {
      for (text = Trim(text); NextField(text, name);) {
        out.Set(kAvailable, {source.device, name}, 1);
      }
    }
    if (source.current.TryRead(buffer_, text) == 0) {
      out.Set(kCurrent, {source.device, Trim(text)}, 1);
    }
  }
  return {};
}

}  // namespace ecsward
