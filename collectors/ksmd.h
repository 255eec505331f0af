// Kernel samepage merging: equal pages of virtual machines kept once.
#pragma once

#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: https://docs.kernel.org/admin-guide/mm/ksm.html, one number a file in
//         /sys/kernel/mm/ksm; kNotSupported where there is no such folder
class KsmdCollector final : public Collector {
 public:
  explicit KsmdCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  std::vector<HostFile> files_;  // in the order of the table of metrics
  ReadBuffer buffer_;
};

}  // namespace ecsward
