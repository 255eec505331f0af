// Kernel-wide counters of /proc/stat: interrupts, context switches, forks, boot time.
#pragma once

#include <array>
#include <optional>

#include "collectors/all.h"

namespace ecsward {

inline constexpr OptionSpec kStatOptions[] = {
    {"softirq", OptionKind::kBool, "false", "Export node_softirqs_total, by vector."},
};

// source: proc(5) /proc/stat, the lines below the cpu lines; a line that is absent stays empty
struct KernelStat {
  std::optional<double> interrupts;        // "intr", its first number: the sum of all
  std::optional<double> context_switches;  // "ctxt"
  std::optional<double> boot_time;         // "btime", Unix seconds
  std::optional<double> forks;             // "processes"
  std::optional<double> procs_running, procs_blocked;
  std::array<double, 10> softirqs{};  // "softirq", behind its sum: hi, timer, net_tx, …
  std::size_t softirq_count = 0;
};

// errors: kParse naming the line of a number that is none
Result<KernelStat> ParseKernelStat(std::string_view text);

class StatCollector final : public Collector {
 public:
  StatCollector(const CollectorEnv& env, const CollectorOptions& options)
      : proc_stat_(env.shared.proc_stat), softirq_(options.Bool("softirq")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  SharedFile& proc_stat_;  // the sampler's, outlives the collector
  bool softirq_;
};

}  // namespace ecsward
