// Power supplies: batteries, mains, UPS units.
#pragma once

#include "collectors/all.h"
#include "collectors/name_filter.h"
#include "collectors/sysfs_readings.h"
#include "metrics/metric_set.h"

namespace ecsward {

inline constexpr OptionSpec kPowerOptions[] = {
    {"ignored_supplies", OptionKind::kRegex, "^$", "Power supplies to leave out."},
};

// source: Documentation/ABI/testing/sysfs-class-power, /sys/class/power_supply/<name>/
// unit:   millionths of volts, amperes, … and tenths of degrees in the files → whole ones here
class PowerCollector final : public Collector {
 public:
  PowerCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void Scan();
  const HostRoot& root_;
  NameFilter filter_;
  MetricSet metrics_;
  SysfsReadings readings_;
};

}  // namespace ecsward
