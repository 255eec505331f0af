// What the firmware says of the machine: vendor, product, serial numbers.
#pragma once

#include "collectors/all.h"
#include "metrics/metric_set.h"

namespace ecsward {

// source: /sys/class/dmi/id/, one file each
// note:   serial numbers and the UUID are for root only; a label exists for each file that can be
// read
class DmiCollector final : public Collector {
 public:
  explicit DmiCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  const HostRoot& root_;
  MetricSet metrics_;  // one for each set of labels there has been
};

}  // namespace ecsward
