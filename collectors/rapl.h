// Energy that processors and memory have used, as they count it themselves (RAPL).
#pragma once

#include "collectors/all.h"
#include "collectors/sysfs_readings.h"
#include "metrics/metric_set.h"

namespace ecsward {

inline constexpr OptionSpec kRaplOptions[] = {
    {"enable_zone_label", OptionKind::kBool, "false",
     "One metric for all zones, with the zone as a label."},
};

// A zone's name taken apart: "package-1" is package 1; "dram" has no number.
struct RaplZone {
  std::string name;
  int index = -1;  // -1: none
};
RaplZone ParseRaplName(std::string_view name);

// source: Documentation/power/powercap/powercap.rst, /sys/class/powercap/<zone>/{name,energy_uj}
// unit:   microjoules → joules
// note:   energy_uj is for root only since Linux 5.10 (it leaks secrets, CVE-2020-8694)
class RaplCollector final : public Collector {
 public:
  RaplCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void Scan();
  const HostRoot& root_;
  const bool zone_label_;
  MetricSet metrics_;
  SysfsReadings readings_;
};

}  // namespace ecsward
