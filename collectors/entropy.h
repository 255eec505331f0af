// The kernel's pool of randomness.
#pragma once

#include "collectors/all.h"

namespace ecsward {

// source: random(4) /proc/sys/kernel/random/{entropy_avail,poolsize}
// unit:   bits, in both files
// note:   since Linux 5.18 both read 256 once the generator is seeded
class EntropyCollector final : public Collector {
 public:
  explicit EntropyCollector(const CollectorEnv& env)
      : available_(env.root.File(Tree::kProc, "sys/kernel/random/entropy_avail")),
        pool_size_(env.root.File(Tree::kProc, "sys/kernel/random/poolsize")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile available_, pool_size_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
