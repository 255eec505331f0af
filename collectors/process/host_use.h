// What the host as a whole uses: the totals beside which processes are put.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/host_root.h"
#include "collectors/cpu.h"
#include "collectors/diskstats.h"
#include "collectors/meminfo.h"

namespace ecsward {

// One thread.
class HostUse {
 public:
  explicit HostUse(const HostRoot& root);

  struct Cpu {
    double busy_seconds = 0;  // of all CPUs since boot: user, nice, system, interrupts
    double task_seconds = 0;  // of that what processes are charged with: without interrupts
    double boot_time = 0;     // seconds since 1970; 0: the file does not say
  };
  // False when the file cannot be read or is none.
  bool ReadCpu(Cpu& out);
  bool ReadMemory(double& used_bytes);  // MemTotal - MemAvailable
  bool ReadDisks(double& moved_bytes);  // both ways since boot, of whole disks

 private:
  bool IsDisk(std::string_view device);

  const HostRoot& root_;  // outlives this
  HostFile stat_, meminfo_, diskstats_;
  ReadBuffer buffer_;
  CpuStat cpus_;
  std::vector<MemoryField> fields_;
  std::vector<DiskLine> lines_;
  std::map<std::string, bool, std::less<>> disks_;
};

}  // namespace ecsward
