// How well the kernel's clock is disciplined (NTP, PTP, PPS).
#pragma once

#include "collectors/all.h"

namespace ecsward {

// source: adjtimex(2), read only
class TimexCollector final : public Collector {
 public:
  explicit TimexCollector(const CollectorEnv& env) : kernel_(env.kernel) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  const Kernel& kernel_;
  double overflows_ = 0;
};

}  // namespace ecsward
