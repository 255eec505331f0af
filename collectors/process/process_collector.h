// Processes in groups, and who uses the host: a full look at all of them every few seconds, one at
// those that are busy every second.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "collectors/all.h"
#include "collectors/offender_ranking.h"
#include "collectors/process/group_book.h"
#include "collectors/process/group_rules.h"
#include "collectors/process/host_use.h"
#include "collectors/process/process_details.h"
#include "collectors/process/process_ends.h"
#include "collectors/process/process_table.h"
#include "collectors/process/user_names.h"

namespace ecsward {

inline constexpr OptionSpec kProcessOptions[] = {
    {"full_interval", OptionKind::kDuration, "5s", "How often all processes are looked at."},
    {"groups", OptionKind::kList, "",
     "Groups of processes: \"NAME unit=REGEX exe=REGEX process=REGEX cmdline=REGEX user=REGEX "
     "cgroup=REGEX\". All conditions given must match; the first group that does has the process.",
     CheckGroupRule},
    {"max_groups", OptionKind::kInt, "100",
     "Groups besides the configured ones; processes of more count as \"other\"."},
};

class ProcessCollector final : public Collector {
 public:
  ProcessCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  using Counts = std::map<std::pair<std::string, std::string>, double>;

  Result<void> LookAtAll(MonoTime now);
  void LookAtHot(MonoTime now);
  double Unexplained() const;

  // After a full look.
  void Identify(MonoTime now);
  void IdentifyOne(Process& process);
  void ReadDetails(MonoTime now);
  void SamplePss();
  void CountGroups(MonoTime now);
  void FindStuck(MonoTime now);
  void PublishGroups(std::int64_t now_ms);

  void ReadIo(Process& process, MonoTime now);
  void TakeNews(Process& process);
  void ReadHost(MonoTime now);
  void FeedRings(std::int64_t now_ms, bool full);
  void KeepClock(const Tick& tick);
  void Emit(Recorder& out);

  HostBoards& boards_;  // outlives the collector
  const bool live_;
  const double ticks_per_second_, page_bytes_;
  const std::chrono::milliseconds full_interval_;
  const std::vector<GroupRule> rules_;
  const bool needs_cmdline_;
  ProcessTable table_;
  ProcessDetails details_;
  UserNames users_;
  HostUse host_;
  ProcessEnds ends_;
  GroupBook book_;
  OffenderRanking ranking_;

  bool first_ = true;
  MonoTime last_full_, next_full_;
  bool early_helps_ = true;  // the last look before its time did find who was busy
  unsigned turn_ = 0;        // whose files are read in this look
  std::size_t pss_turn_ = 0;
  double pss_ns_per_page_ = 20;  // learned

  HostUse::Cpu cpu_;
  double disk_bytes_ = 0;
  bool has_cpu_ = false, has_disks_ = false;  // as of the last run
  MonoTime host_read_;
  double busy_cores_ = -1, task_cores_ = -1, disk_rate_ = -1;  // below 0: not known
  std::chrono::nanoseconds wall_offset_{0};

  Counts zombies_, blocked_;
  std::size_t denied_ = 0;  // processes whose I/O may not be read
};

}  // namespace ecsward
