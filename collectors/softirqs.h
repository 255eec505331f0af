// Software interrupts by kind and CPU.
#pragma once

#include "collectors/all.h"
#include "collectors/cpu_table.h"

namespace ecsward {

// source: proc(5) /proc/softirqs, a column for each possible CPU
class SoftirqsCollector final : public Collector {
 public:
  explicit SoftirqsCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "softirqs")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  CpuTable table_;
};

}  // namespace ecsward
