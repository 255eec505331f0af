// NVMe controllers.
#pragma once

#include "collectors/all.h"
#include "collectors/sysfs_readings.h"

namespace ecsward {

// source: /sys/class/nvme/<device>/{firmware_rev,model,serial,state,cntlid}
class NvmeCollector final : public Collector {
 public:
  explicit NvmeCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void Scan();
  const HostRoot& root_;
  SysfsReadings readings_;
};

}  // namespace ecsward
