// Memory errors that the hardware has seen (ECC).
#pragma once

#include "collectors/all.h"
#include "collectors/sysfs_readings.h"

namespace ecsward {

// source: /sys/devices/system/edac/mc/mc<controller>/{ce,ue}_count, …_noinfo_count and
//         csrow<row>/{ce,ue}_count
// note:   errors that cannot be told from which row they came have the csrow "unknown"
class EdacCollector final : public Collector {
 public:
  explicit EdacCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void Scan();
  const HostRoot& root_;
  SysfsReadings readings_;
};

}  // namespace ecsward
