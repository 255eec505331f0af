// How long each CPU ran tasks, and how long tasks waited for it.
#pragma once

#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: https://docs.kernel.org/scheduler/sched-stats.html, lines "cpu0 …" of /proc/schedstat,
//         fields 7 to 9; the "domain" lines are skipped
// unit:   nanoseconds in the file (whatever old documents say) → seconds here
struct SchedstatCpu {
  std::string_view cpu;  // "0": the kernel's number
  double running_seconds = 0;
  double waiting_seconds = 0;  // summed over the tasks that waited
  double timeslices = 0;
};

// Fills `out` with views into `text`.
// errors: kParse naming the line when a cpu line has fewer than 9 numbers; kParse without any cpu
// line
Result<void> ParseSchedstat(std::string_view text, std::vector<SchedstatCpu>& out);

// kNotSupported where the kernel was built without CONFIG_SCHEDSTATS.
class SchedstatCollector final : public Collector {
 public:
  explicit SchedstatCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "schedstat")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  std::vector<SchedstatCpu> cpus_;
};

}  // namespace ecsward
