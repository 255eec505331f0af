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

// The kernel changes its clock source when it distrusts one: seldom enough.
constexpr std::chrono::seconds kSourcesEvery{15};

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

void TimeCollector::ReadSources() {
  for (ClockSource& source : sources_) {
    source.names.clear();
    source.in_use.clear();
    std::string_view text, name;
    if (source.available.TryRead(buffer_, text) == 0) {
      for (text = Trim(text); NextField(text, name);) source.names.emplace_back(name);
    }
    if (source.current.TryRead(buffer_, text) == 0) source.in_use = Trim(text);
  }
}

Result<void> TimeCollector::Collect(const Tick& tick, Recorder& out) {
  out.Set(kSeconds, UnixSeconds(tick.wall));
  const ZoneInfo zone = kernel_.LocalZone(tick.wall);
  out.Set(kZoneOffset, {zone.abbreviation}, static_cast<double>(zone.offset_seconds));
  if (tick.mono >= sources_due_) {
    sources_due_ = tick.mono + kSourcesEvery;
    ReadSources();
  }
  for (const ClockSource& source : sources_) {
    for (const std::string& name : source.names) out.Set(kAvailable, {source.device, name}, 1);
    if (!source.in_use.empty()) out.Set(kCurrent, {source.device, source.in_use}, 1);
  }
  return {};
}

}  // namespace ecsward
