// What /sys/devices/system/cpu says about the CPUs: thermal throttling, isolation, online state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/host_root.h"
#include "collectors/collector.h"

namespace ecsward {

inline constexpr unsigned kMaxCpus = 8192;  // the largest NR_CPUS; a higher number is garbage

// The CPU numbers of a kernel list: "0,2-4" → 0, 2, 3, 4.
// source: https://docs.kernel.org/admin-guide/cputopology.html
// errors: kParse when it is none; numbers of kMaxCpus and above are none
Result<std::vector<unsigned>> ParseCpuList(std::string_view text);

class CpuTopology {
 public:
  explicit CpuTopology(const HostRoot& root) : root_(root) {}

  // `changed`: a CPU came or went since the call before. Then the folders are looked at again, and
  // else very seldom.
  void Emit(const Tick& tick, bool changed, Recorder& out);

 private:
  struct Throttle {
    std::string package, core;  // core: empty for the counter of the whole package
    HostFile file;
    double count = 0;
    bool known = false;
  };
  struct Online {
    std::string cpu;
    double online = 0;
  };
  void Scan();
  void ReadThrottles();

  const HostRoot& root_;  // the sampler's, outlives the collector
  std::vector<Throttle> throttles_;
  std::vector<std::string> isolated_;
  std::vector<Online> online_;
  ReadBuffer buffer_;
  MonoTime next_scan_ = MonoTime::max();
  MonoTime next_read_;
};

}  // namespace ecsward
