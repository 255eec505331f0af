// How processes end, from the kernel's log and its process events: into the exit log and a counter
// of OOM kills.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "collectors/all.h"
#include "collectors/process/cgroup_oom.h"
#include "collectors/process/exit_events.h"
#include "collectors/process/exit_log.h"
#include "collectors/process/kernel_log.h"
#include "collectors/process/oom_record.h"

namespace ecsward {

// Who a process was, for who only knows its number.
struct KnownProcess {
  std::string_view name, unit;  // safe; empty where not known
};

// One thread.
class ProcessEnds {
 public:
  static constexpr std::size_t kMaxVictims = 50;  // series; kills of others count as "other"

  // `root` and `exits` outlive this.
  ProcessEnds(const HostRoot& root, ExitLog& exits);

  // Takes what the kernel has told since the last call. `who` finds names by number.
  void Take(std::int64_t now_ms, const std::function<KnownProcess(std::int64_t pid)>& who);

  // --- only where the kernel's log may not be read: once in a while ---
  bool counts_cgroups() const { return opened_ && !log_.open() && cgroups_.supported(); }
  void Watch(std::string_view cgroup_text) { cgroups_.Watch(UnifiedPath(cgroup_text)); }
  void LookAtCgroups();

  void Emit(Recorder& out) const;
  // What is missing, and why; empty when nothing is.
  std::string Note() const;

 private:
  using Victim = std::tuple<std::string, std::string, bool>;  // process, unit, in a cgroup
  void Open();
  void CountKill(std::string process, std::string unit, bool in_cgroup, double kills);

  const bool live_;
  ExitLog& exits_;
  KernelLog log_;
  ExitEvents events_;
  CgroupOom cgroups_;
  OomStory story_;
  std::map<Victim, double> kills_;
  bool opened_ = false;
  int log_error_ = 0, events_error_ = 0;
};

}  // namespace ecsward
