// Hardware watchdogs.
#pragma once

#include "collectors/all.h"
#include "collectors/sysfs_readings.h"

namespace ecsward {

// source: Documentation/ABI/testing/sysfs-class-watchdog, /sys/class/watchdog/<name>/
// unit:   seconds, in the files too
class WatchdogCollector final : public Collector {
 public:
  explicit WatchdogCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void Scan();
  const HostRoot& root_;
  SysfsReadings readings_;
};

}  // namespace ecsward
