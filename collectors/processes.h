// How many processes and threads there are, and what they are doing.
#pragma once

#include <array>
#include <string>

#include "collectors/all.h"

namespace ecsward {

// source: proc_pid_stat(5), "4242 (name) S 1 …": field 3 is the state, field 20 the threads
// note:   the name may hold blanks and parentheses; the last one closes it
struct TaskStat {
  char state = '?';
  std::uint64_t threads = 0;
};
// errors: kParse when a field is missing
Result<TaskStat> ParseTaskStat(std::string_view text);

// Reads every process: takes milliseconds on a busy host, so it has its own thread.
class ProcessesCollector final : public Collector {
 public:
  explicit ProcessesCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  using StateCounts = std::array<std::uint64_t, 128>;  // by letter

  // Calls `visit` with each entry of `folder` that is a number.
  template <class Visit>
  int EachNumber(const std::string& folder, Visit visit);
  bool ReadStat(const std::string& folder, TaskStat& out);
  void CountThreads(const std::string& process, const std::string& pid, StateCounts& states);

  const std::string proc_;
  HostFile max_threads_, max_processes_;
  ReadBuffer buffer_;
  std::string path_;
};

}  // namespace ecsward
