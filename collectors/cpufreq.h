// CPU frequencies and their governors.
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/rescan.h"

namespace ecsward {

// source: https://docs.kernel.org/admin-guide/pm/cpufreq.html,
//         /sys/devices/system/cpu/cpu<N>/cpufreq; an offline CPU has none
// unit:   kHz in the files → Hz here
// note:   slow: to read a frequency may mean to interrupt that CPU or to ask the firmware, and some
//         kernels wait 10 to 50 ms for it, one CPU after the other. Guests mostly have none of
//         this.
class CpufreqCollector final : public Collector {
 public:
  explicit CpufreqCollector(const CollectorEnv& env) : root_(env.root) {}
  // kNotSupported where no CPU has a frequency that can be read.
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Frequency {
    const Metric* metric;
    HostFile file;
  };
  struct Cpu {
    std::string number;
    std::vector<Frequency> frequencies;  // those that could be read at the last scan
    HostFile governor;
    std::vector<std::string> governors;  // available
  };

  Result<void> Scan();
  Result<void> CollectCpu(Cpu& cpu, Recorder& out);
  bool IsReadable(HostFile& file);

  const HostRoot& root_;  // the environment's: outlives collectors
  Rescan rescan_;
  Result<void> scanned_;
  std::vector<Cpu> cpus_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
