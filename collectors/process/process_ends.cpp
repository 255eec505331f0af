#include "collectors/process/process_ends.h"

#include <cerrno>

namespace ecsward {
namespace {

constexpr Metric kOomKills{"ecsward_oom_kills_total",
                           "Processes that the kernel has killed for want of memory since the "
                           "agent started: of the whole host, or of their cgroup.",
                           MetricType::kCounter, "process,unit,scope"};

// Of each source in one second. A fork bomb makes more; what is beyond is left to the next second.
constexpr std::size_t kMostRecords = 1000;
constexpr std::size_t kMostExits = 5000;

}  // namespace

ProcessEnds::ProcessEnds(const HostRoot& root, ExitLog& exits)
    : live_(root.live()), exits_(exits), log_(root.Path(Tree::kRoot, "dev/kmsg")), cgroups_(root) {}

void ProcessEnds::Open() {
  opened_ = true;
  log_error_ = log_.Open();
  // Netlink speaks of the running kernel, whatever files are read.
  events_error_ = live_ ? events_.Open() : 0;
}

void ProcessEnds::CountKill(std::string process, std::string unit, bool in_cgroup, double kills) {
  Victim victim{std::move(process), std::move(unit), in_cgroup};
  if (kills_.size() >= kMaxVictims && kills_.find(victim) == kills_.end()) {
    victim = {"other", "", in_cgroup};
  }
  kills_[victim] += kills;
}

void ProcessEnds::Take(std::int64_t now_ms,
                       const std::function<KnownProcess(std::int64_t pid)>& who) {
  if (!opened_) Open();
  events_.Drain(kMostExits, [&](const ProcessEnd& end) {
    ProcessEnd known = end;
    const KnownProcess process = who(end.pid);
    known.time_ms = now_ms;
    known.process = process.name;
    known.unit = process.unit;
    exits_.Add(known);
  });
  const int error = log_.Drain(kMostRecords, [&](std::string_view line) {
    KernelRecord record;
    if (!ParseKernelRecord(line, record)) return;
    auto kill = story_.Add(record);
    if (!kill) return;
    ProcessEnd end;
    end.pid = kill->pid;
    end.time_ms = now_ms;
    end.how = ProcessEnd::How::kOutOfMemory;
    end.process = kill->process;
    end.unit = kill->unit;
    exits_.Add(end);
    CountKill(std::move(kill->process), std::move(kill->unit), kill->in_cgroup, 1);
  });
  if (error != 0) log_error_ = error;
}

void ProcessEnds::LookAtCgroups() {
  cgroups_.Look([this](std::string_view path, std::uint64_t kills) {
    CountKill("", OwnerOfCgroup(path), true, static_cast<double>(kills));
  });
}

void ProcessEnds::Emit(Recorder& out) const {
  for (const auto& [victim, kills] : kills_) {
    const auto& [process, unit, in_cgroup] = victim;
    out.Set(kOomKills, {process, unit, in_cgroup ? "cgroup" : "host"}, kills);
  }
}

std::string ProcessEnds::Note() const {
  std::string note;
  if (log_error_ == EPERM || log_error_ == EACCES) {
    note = "the kernel's log may not be read (needs CAP_SYSLOG): victims of OOM kills have no name";
  } else if (log_error_ != 0) {
    note = "no /dev/kmsg: victims of OOM kills have no name";
  }
  if (events_error_ == EPERM || events_error_ == EACCES) {
    if (!note.empty()) note += "; ";
    note += "how processes outside of services end is not told (needs CAP_NET_ADMIN)";
  }
  return note;
}

}  // namespace ecsward
