// CPU time by mode, and our own utilization gauge made from it.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/cpu_info.h"
#include "collectors/cpu_topology.h"
#include "collectors/peak_gauge.h"

namespace ecsward {

inline constexpr OptionSpec kCpuOptions[] = {
    {"guest", OptionKind::kBool, "true", "Export node_cpu_guest_seconds_total."},
    {"info", OptionKind::kBool, "false", "Export node_cpu_info from /proc/cpuinfo."},
    {"info_flags_include", OptionKind::kRegex, "",
     "Export node_cpu_flag_info for the CPU flags that match; turns info on."},
    {"info_bugs_include", OptionKind::kRegex, "",
     "Export node_cpu_bug_info for the CPU bugs that match; turns info on."},
};

// In the order of the columns of /proc/stat.
enum CpuMode : std::size_t {
  kUser,
  kNice,
  kSystem,
  kIdle,
  kIowait,
  kIrq,
  kSoftirq,
  kSteal,      // taken by the hypervisor; 0 before Linux 2.6.11
  kGuest,      // already inside kUser
  kGuestNice,  // already inside kNice
  kCpuModes
};

// Seconds one CPU has spent in each mode since boot.
// source: proc(5) /proc/stat, lines "cpu" (all of them), "cpu0", "cpu1", …
// unit:   USER_HZ ticks in the file → seconds here
struct CpuTimes {
  std::string_view cpu;  // "0": the kernel's number, not an index; a view of the text
  unsigned number = 0;   // the same as a number
  std::array<double, kCpuModes> seconds{};
};

struct CpuStat {
  CpuTimes all;                // the line "cpu"
  std::vector<CpuTimes> cpus;  // one per online CPU, in file order; CPUs may come and go
};

// `ticks_per_second` is sysconf(_SC_CLK_TCK). `out` is refilled: its memory is used again.
// errors: kParse naming the line, when a cpu line has fewer than 4 numbers or there is none
Result<void> ParseCpuStat(std::string_view stat_text, double ticks_per_second, CpuStat& out);

// The part of the time between two readings that was not idle, 0 to 1. Nothing when no time passed
// or when idle time went backwards, as the kernel's estimate of it sometimes does.
std::optional<double> CpuUtilization(const CpuTimes& before, const CpuTimes& now);

class CpuCollector final : public Collector {
 public:
  CpuCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void EmitTimes(Recorder& out);
  bool CpusChanged();

  SharedFile& proc_stat_;  // the sampler's, outlives the collector
  double ticks_per_second_;
  bool guest_;
  CpuStat stat_;
  std::vector<std::array<double, kCpuModes>> shown_;  // by CPU number: what was exported last
  std::vector<unsigned> online_;                      // the CPUs of the run before
  CpuTimes before_;
  bool has_before_ = false;
  PeakGauge utilization_;
  CpuTopology topology_;
  std::optional<CpuInfoSource> info_;  // only when asked for
};

}  // namespace ecsward
