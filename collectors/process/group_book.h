// Groups of processes and what they have used since the agent looks. Counters only grow: what a
// process has used stays when it is gone. The number of groups is bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace ecsward {

struct ProcessGroup {
  std::string name;   // safe for labels; empty: the place is free
  bool kept = false;  // configured, or "other": never given up
  // Counters.
  double user_seconds = 0, system_seconds = 0;
  double read_bytes = 0, written_bytes = 0;
  // How often a look found that none of the processes of the look before was left, and others in
  // their place. A service whose master lives on while workers come and go has not restarted; one
  // that was down for a while has, when it is back.
  double restarts = 0;
  // As of the last look at all processes.
  std::uint64_t processes = 0, threads = 0, fds = 0;
  std::uint64_t oldest_start = 0, newest_start = 0;  // ticks since boot; of the last ones it had
  double resident_bytes = 0, proportional_bytes = 0;
  double cores = 0, io_rate = 0;
  bool has_io = false;  // of any member, ever
  bool has_fds = false, has_pss = false;
  MonoTime last_seen;
};

// What a look found of one process.
struct GroupMember {
  std::uint64_t start_ticks = 0, threads = 0, fds = 0;
  double resident_bytes = 0, proportional_bytes = 0;  // the latter: resident where not sampled
  double cores = 0, io_rate = 0;
  bool has_fds = false, has_pss = false;
};

class GroupBook {
 public:
  static constexpr std::string_view kOther = "other";
  // How long a group without processes keeps its place: always, and where others want it.
  static constexpr std::chrono::minutes kKeptEmpty{5};
  static constexpr std::chrono::minutes kKeptWanted{1};

  // `configured` have a place for sure and do not count for `max_groups`.
  GroupBook(const std::vector<std::string>& configured, std::size_t max_groups);

  // The group of that name, made when there is room, else that of "other". Who asks first has it:
  // ask for the biggest first.
  std::uint32_t Place(std::string_view name, MonoTime now);
  // There is room for another name, or will be without those that are empty.
  bool HasRoom(MonoTime now) const;
  std::uint32_t other() const { return other_; }

  // --- one look at all processes ---
  void BeginLook();
  void Count(std::uint32_t group, const GroupMember& member, MonoTime now);
  void EndLook(MonoTime now);

  std::vector<ProcessGroup>& groups() { return groups_; }

 private:
  struct Before {
    std::uint64_t newest_start = 0;
    bool any = false;
  };
  const std::size_t max_groups_;
  std::vector<ProcessGroup> groups_;
  std::vector<Before> before_;
  std::uint32_t other_ = 0;
  std::size_t taken_ = 0;  // of max_groups
};

}  // namespace ecsward
