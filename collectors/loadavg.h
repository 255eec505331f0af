// Load averages.
#pragma once

#include "collectors/all.h"

namespace ecsward {

// Runnable and uninterruptible tasks, averaged by the kernel over 1, 5 and 15 minutes.
// source: proc(5) /proc/loadavg, "0.52 0.58 0.59 1/389 4242"
struct LoadAverages {
  double load1 = 0, load5 = 0, load15 = 0;
};

// errors: kParse when there are fewer than three numbers
Result<LoadAverages> ParseLoadavg(std::string_view text);

class LoadavgCollector final : public Collector {
 public:
  explicit LoadavgCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "loadavg")), buffer_(env.shared.buffer) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer& buffer_;
};

}  // namespace ecsward
