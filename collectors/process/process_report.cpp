// What the process collector reports: its series.
#include <algorithm>
#include <chrono>

#include "collectors/process/process_collector.h"

namespace ecsward {
namespace {

constexpr Metric kProcesses{"ecsward_process_group_processes", "Processes of the group.",
                            MetricType::kGauge, "group"};
constexpr Metric kThreads{"ecsward_process_group_threads", "Threads of the group's processes.",
                          MetricType::kGauge, "group"};
constexpr Metric kCpu{"ecsward_process_group_cpu_seconds_total",
                      "CPU time that the group's processes have used while the agent looked.",
                      MetricType::kCounter, "group,mode"};
constexpr Metric kResident{"ecsward_process_group_resident_bytes",
                           "Resident memory of the group's processes; what they share counts for "
                           "each of them.",
                           MetricType::kGauge, "group"};
constexpr Metric kProportional{"ecsward_process_group_proportional_bytes",
                               "The same with shared memory divided among those who share it, as "
                               "sampled from the host's biggest processes.",
                               MetricType::kGauge, "group"};
constexpr Metric kRead{"ecsward_process_group_read_bytes_total",
                       "Bytes that disks have read for the group's processes while the agent "
                       "looked.",
                       MetricType::kCounter, "group"};
constexpr Metric kWritten{"ecsward_process_group_written_bytes_total",
                          "Bytes that the group's processes have caused to be written to disks "
                          "while the agent looked.",
                          MetricType::kCounter, "group"};
constexpr Metric kFds{"ecsward_process_group_open_fds",
                      "Open file descriptors of the group's processes, each counted at least once "
                      "a minute.",
                      MetricType::kGauge, "group"};
constexpr Metric kOldest{"ecsward_process_group_oldest_start_timestamp_seconds",
                         "When the oldest process of the group started, in seconds since 1970.",
                         MetricType::kGauge, "group"};
constexpr Metric kRestarts{"ecsward_process_group_restarts_total",
                           "How often none of the group's processes was left and others had taken "
                           "their place.",
                           MetricType::kCounter, "group"};
constexpr Metric kZombie{"ecsward_processes_zombie",
                         "Processes that have ended and that their parent has not collected.",
                         MetricType::kGauge, "parent"};
constexpr Metric kBlocked{"ecsward_processes_blocked",
                          "Processes in uninterruptible sleep that have used no CPU for two "
                          "seconds, and the kernel's function they wait in.",
                          MetricType::kGauge, "process,wchan"};

constexpr std::size_t kMostNames = 20;
constexpr std::chrono::seconds kBlockedFor{2};

}  // namespace

// Zombies by their parent, and who hangs in the kernel.
void ProcessCollector::FindStuck(MonoTime now) {
  const auto count = [](Counts& counts, std::string name, std::string detail) {
    std::pair key{std::move(name), std::move(detail)};
    if (counts.size() >= kMostNames && counts.find(key) == counts.end()) {
      key = {"other", key.second.empty() ? "" : "other"};
    }
    ++counts[std::move(key)];
  };
  zombies_.clear();
  blocked_.clear();
  std::size_t asked = 0;
  for (const Process& process : table_.processes()) {
    if (process.state == 'Z') {
      const Process* const parent = table_.Find(process.parent);
      count(zombies_, parent == nullptr ? "unknown" : parent->name, "");
    } else if (process.blocked_since != MonoTime{} && now - process.blocked_since >= kBlockedFor) {
      const bool ask = asked++ < kMostNames;
      count(blocked_, process.name, ask ? details_.WaitChannel(process.pid) : "unknown");
    }
  }
}

void ProcessCollector::Emit(Recorder& out) {
  for (const ProcessGroup& group : book_.groups()) {
    const bool never = group.processes == 0 && group.user_seconds + group.system_seconds == 0;
    const bool other = group.name == GroupBook::kOther;
    if (group.name.empty() || (other && never)) continue;
    out.Set(kProcesses, {group.name}, static_cast<double>(group.processes));
    out.Set(kThreads, {group.name}, static_cast<double>(group.threads));
    out.Set(kCpu, {group.name, "user"}, group.user_seconds);
    out.Set(kCpu, {group.name, "system"}, group.system_seconds);
    out.Set(kResident, {group.name}, group.resident_bytes);
    if (group.has_pss) out.Set(kProportional, {group.name}, group.proportional_bytes);
    if (group.has_io) {
      out.Set(kRead, {group.name}, group.read_bytes);
      out.Set(kWritten, {group.name}, group.written_bytes);
    }
    if (group.has_fds) out.Set(kFds, {group.name}, static_cast<double>(group.fds));
    if (group.processes > 0 && cpu_.boot_time > 0) {
      out.Set(kOldest, {group.name},
              cpu_.boot_time + static_cast<double>(group.oldest_start) / ticks_per_second_);
    }
    out.Set(kRestarts, {group.name}, group.restarts);
  }
  for (const auto& [key, value] : zombies_) out.Set(kZombie, {key.first}, value);
  for (const auto& [key, value] : blocked_) out.Set(kBlocked, {key.first, key.second}, value);
  ends_.Emit(out);
}

}  // namespace ecsward
