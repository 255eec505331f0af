#include "collectors/process/process_collector.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "collectors/offender_name.h"
#include "collectors/process/cgroup_unit.h"

namespace ecsward {
namespace {

// What nobody accounts for above this makes a full look come early, but not more often than this.
constexpr double kUnexplainedCores = 0.25;
constexpr std::chrono::seconds kEarliestFull{2};
// A full look may take this part of one CPU: with very many processes they come more seldom.
constexpr int kFullShare = 100;
constexpr std::chrono::seconds kSeldomestFull{60};
// Files besides stat are read for this part of all processes in each full look.
constexpr unsigned kTurns = 12;
// New processes that are asked who they are in one look: about 50 µs each.
constexpr std::size_t kMostIdentified = 2000;
// smaps_rollup walks a process's page tables: for the biggest, a few at a time, and none that would
// take longer than this.
constexpr std::size_t kPssBiggest = 20;
constexpr std::size_t kPssSamples = 2;
constexpr double kPssMostNs = 5e6;

double Seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

MonoTime ThreadCpu() { return ThreadCpuClock().Mono(); }

std::vector<std::string> NamesOf(const std::vector<GroupRule>& rules) {
  std::vector<std::string> names;
  names.reserve(rules.size());
  for (const GroupRule& rule : rules) names.push_back(rule.name());
  return names;
}

}  // namespace

ProcessCollector::ProcessCollector(const CollectorEnv& env, const CollectorOptions& options)
    : boards_(env.boards),
      live_(env.root.live()),
      ticks_per_second_(static_cast<double>(::sysconf(_SC_CLK_TCK))),
      page_bytes_(static_cast<double>(::sysconf(_SC_PAGESIZE))),
      full_interval_(std::max(options.Duration("full_interval"), std::chrono::milliseconds(1000))),
      rules_(ParseGroupRules(options.String("groups"))),
      needs_cmdline_(std::any_of(rules_.begin(), rules_.end(),
                                 [](const GroupRule& rule) { return rule.needs_cmdline(); })),
      table_(env.root.Path(Tree::kProc, ""), ticks_per_second_,
             {.kept_open = ProcessTable::KeptOpenHere()}),
      details_(env.root),
      users_(env.root),
      host_(env.root),
      ends_(env.root, env.boards.exits),
      book_(NamesOf(rules_), static_cast<std::size_t>(std::max(options.Int("max_groups"), 0L))) {}

Result<void> ProcessCollector::Collect(const Tick& tick, Recorder& out) {
  const std::int64_t now_ms = UnixMilliseconds(tick.wall);
  KeepClock(tick);
  // Before a look forgets those that have ended.
  ends_.Take(now_ms, [this](std::int64_t pid) -> KnownProcess {
    const Process* const process = table_.Find(pid);
    if (process == nullptr) return {};
    // A service's main process is systemd's child: how one of its workers ends is no news of it.
    return {process->name, process->parent == 1 ? process->unit : std::string_view()};
  });
  ReadHost(tick.mono);
  bool full = first_ || tick.mono >= next_full_;
  if (!full) {
    LookAtHot(tick.mono);
    full = early_helps_ && Unexplained() > kUnexplainedCores &&
           tick.mono - last_full_ >= kEarliestFull;
  }
  if (full) {
    const bool early = !first_ && tick.mono < next_full_;
    const double before = Unexplained();
    if (auto looked = LookAtAll(tick.mono); !looked) return looked;
    early_helps_ = !early || Unexplained() < std::max(before / 2, kUnexplainedCores);
    PublishGroups(now_ms);
  }
  FeedRings(now_ms, full);
  Emit(out);
  return {};
}

// The rings' times are the machine's clock's: when somebody sets it, they move along.
void ProcessCollector::KeepClock(const Tick& tick) {
  const std::chrono::nanoseconds offset =
      tick.wall.time_since_epoch() - tick.mono.time_since_epoch();
  const auto shift = std::chrono::duration_cast<std::chrono::milliseconds>(offset - wall_offset_);
  if (!first_ && std::chrono::abs(shift) >= std::chrono::seconds(1)) {
    for (OffenderRing* ring : {&boards_.cpu, &boards_.memory, &boards_.disk}) {
      ring->Shift(shift.count());
    }
    wall_offset_ = offset;
  }
  if (first_) wall_offset_ = offset;
}

void ProcessCollector::ReadHost(MonoTime now) {
  HostUse::Cpu cpu;
  double moved = 0;
  const double seconds = Seconds(now - host_read_);
  const bool compare = !first_ && seconds > 0;
  busy_cores_ = task_cores_ = disk_rate_ = -1;
  const bool had_cpu = std::exchange(has_cpu_, host_.ReadCpu(cpu));
  if (has_cpu_) {
    if (compare && had_cpu) {
      busy_cores_ = std::max(cpu.busy_seconds - cpu_.busy_seconds, 0.0) / seconds;
      task_cores_ = std::max(cpu.task_seconds - cpu_.task_seconds, 0.0) / seconds;
    }
    cpu_ = cpu;
  }
  const bool had_disks = std::exchange(has_disks_, host_.ReadDisks(moved));
  if (has_disks_) {
    if (compare && had_disks) disk_rate_ = std::max(moved - disk_bytes_, 0.0) / seconds;
    disk_bytes_ = moved;
  }
  host_read_ = now;
}

// What the host's CPUs did and no process is known to have done.
double ProcessCollector::Unexplained() const {
  double known = 0;
  for (const std::size_t i : table_.active()) known += table_.processes()[i].cores;
  return task_cores_ - known;
}

void ProcessCollector::TakeNews(Process& process) {
  if (process.group == Process::kNoGroup) return;
  ProcessGroup& group = book_.groups()[process.group];
  group.user_seconds += static_cast<double>(process.new_user_ticks) / ticks_per_second_;
  group.system_seconds += static_cast<double>(process.new_system_ticks) / ticks_per_second_;
  process.new_user_ticks = process.new_system_ticks = 0;
}

void ProcessCollector::LookAtHot(MonoTime now) {
  table_.LookAtHot(now);
  for (const std::size_t i : table_.hot()) {
    Process& process = table_.processes()[i];
    TakeNews(process);
    if (process.alive) ReadIo(process, now);
  }
}

Result<void> ProcessCollector::LookAtAll(MonoTime now) {
  const auto begin = ThreadCpu();
  if (auto looked = table_.LookAtAll(now); !looked) return looked;
  const auto took = ThreadCpu() - begin;
  std::chrono::nanoseconds pause = full_interval_;
  if (live_) {
    pause = std::max<std::chrono::nanoseconds>(
        pause, std::min<std::chrono::nanoseconds>(took * kFullShare, kSeldomestFull));
  }
  last_full_ = now;
  // Ticks are not quite a second apart: one that is a little early is on time.
  next_full_ = now + pause - std::chrono::milliseconds(200);
  Identify(now);
  ReadDetails(now);
  SamplePss();
  CountGroups(now);
  FindStuck(now);
  if (ends_.counts_cgroups()) ends_.LookAtCgroups();
  first_ = false;
  return {};
}

void ProcessCollector::IdentifyOne(Process& process) {
  const ProcessIdentity identity = details_.Identify(process.pid, needs_cmdline_);
  const CgroupUnit owner = ParseCgroupUnit(identity.cgroup);
  const std::string user = identity.has_uid ? users_.Name(identity.uid) : std::string();
  GroupSubject subject;
  subject.process = process.comm;
  subject.executable = identity.executable;
  subject.cmdline = identity.cmdline;
  subject.user = user;
  subject.unit = owner.unit;
  subject.container = owner.container;
  subject.cgroup = identity.cgroup;
  subject.kernel_thread = process.kernel_thread;
  process.unit = owner.unit.empty() ? std::string() : OffenderName(owner.unit, false);
  process.wanted_group = GroupName(rules_, subject);
  process.renamed = false;
  if (ends_.counts_cgroups()) ends_.Watch(identity.cgroup);
}

// Who is new, or somebody else since an exec; then places in groups, the biggest first.
void ProcessCollector::Identify(MonoTime now) {
  std::vector<Process*> homeless;
  std::size_t identified = 0;
  bool refreshed = false;
  const bool room = book_.HasRoom(now);
  for (Process& process : table_.processes()) {
    if (process.renamed && identified < kMostIdentified) {
      if (!refreshed) users_.Refresh();
      refreshed = true;
      ++identified;
      // What it did under its old name stays there.
      TakeNews(process);
      IdentifyOne(process);
      homeless.push_back(&process);
    } else if (room && process.group == book_.other() && !process.wanted_group.empty()) {
      homeless.push_back(&process);
    } else if (process.group == Process::kNoGroup) {
      process.group = book_.other();
    }
  }
  std::sort(homeless.begin(), homeless.end(), [](const Process* a, const Process* b) {
    return a->rss_pages != b->rss_pages ? a->rss_pages > b->rss_pages : a->pid < b->pid;
  });
  for (Process* process : homeless) {
    process->group = book_.Place(process->wanted_group, now);
    // Kept only by those who may get a place of their own one day.
    if (process->group != book_.other()) process->wanted_group = {};
  }
}

void ProcessCollector::ReadIo(Process& process, MonoTime now) {
  ProcessIo io;
  const int error = details_.ReadIo(process.pid, io);
  process.io_denied = error == EACCES || error == EPERM;
  if (error != 0) return;
  const bool all_news = !process.has_io && process.newborn;
  const std::uint64_t read_before = process.has_io || all_news ? process.read_bytes : io.read_bytes;
  const std::uint64_t written_before =
      process.has_io || all_news ? process.written_bytes : io.written_bytes;
  const auto grown = [](std::uint64_t before, std::uint64_t after) {
    return after > before ? static_cast<double>(after - before) : 0;
  };
  const double read = grown(read_before, io.read_bytes);
  const double written = grown(written_before, io.written_bytes);
  if (process.group != Process::kNoGroup) {
    ProcessGroup& group = book_.groups()[process.group];
    group.has_io = true;
    group.read_bytes += read;
    group.written_bytes += written;
  }
  if (now > process.io_looked) {
    const bool has_span = process.io_looked != MonoTime{};
    const double seconds = has_span ? Seconds(now - process.io_looked) : Seconds(full_interval_);
    process.io_rate = (read + written) / seconds;
    process.io_looked = now;
  }
  process.read_bytes = std::max(process.read_bytes, io.read_bytes);
  process.written_bytes = std::max(process.written_bytes, io.written_bytes);
  process.has_io = true;
}

// What is not in stat: of the busy ones, of those that are new, and of everybody in turn.
void ProcessCollector::ReadDetails(MonoTime now) {
  turn_ = (turn_ + 1) % kTurns;
  denied_ = 0;
  std::size_t entries = details_.max_entries();  // that may be counted in this look
  for (const std::size_t i : table_.hot()) {
    Process& process = table_.processes()[i];
    if (process.alive) ReadIo(process, now);
  }
  for (Process& process : table_.processes()) {
    TakeNews(process);
    const bool turn = static_cast<unsigned>(process.pid % kTurns) == turn_;
    const bool met = !process.asked && !process.renamed;
    process.asked = process.asked || met;
    if (process.io_looked != now && (turn || met || (process.io_rate > 0 && !process.io_denied))) {
      ReadIo(process, now);
    }
    if ((turn || met) && entries > 0) {
      const int error = details_.CountFds(process.pid, entries, process.fds);
      process.has_fds = error == 0 || error == ENOBUFS;
    }
    denied_ += process.io_denied ? 1 : 0;
  }
}

void ProcessCollector::SamplePss() {
  std::vector<Process*> biggest;
  for (Process& process : table_.processes()) {
    if (process.rss_pages > 0) biggest.push_back(&process);
  }
  const std::size_t count = std::min(biggest.size(), kPssBiggest);
  std::partial_sort(biggest.begin(), biggest.begin() + static_cast<std::ptrdiff_t>(count),
                    biggest.end(),
                    [](const Process* a, const Process* b) { return a->rss_pages > b->rss_pages; });
  double left_ns = kPssMostNs;
  for (std::size_t i = 0; i < std::min(count, kPssSamples); ++i) {
    Process& process = *biggest[pss_turn_++ % count];
    const auto pages = static_cast<double>(process.rss_pages);
    if (pages * pss_ns_per_page_ > left_ns) continue;
    const auto begin = ThreadCpu();
    std::uint64_t bytes = 0;
    if (details_.ReadPss(process.pid, bytes) != 0) continue;
    const auto took = static_cast<double>((ThreadCpu() - begin).count());
    left_ns -= took;
    constexpr double kPagesToLearnFrom = 1000;
    constexpr double kNewWeight = 0.2;
    if (pages > kPagesToLearnFrom) {
      pss_ns_per_page_ += kNewWeight * (took / pages - pss_ns_per_page_);
    }
    process.pss_per_rss = std::clamp(static_cast<double>(bytes) / (pages * page_bytes_), 0.0, 1.0);
  }
}

void ProcessCollector::CountGroups(MonoTime now) {
  book_.BeginLook();
  for (const Process& process : table_.processes()) {
    GroupMember member;
    member.start_ticks = process.start_ticks;
    member.threads = process.threads;
    member.fds = process.fds;
    member.resident_bytes = static_cast<double>(process.rss_pages) * page_bytes_;
    member.has_pss = process.pss_per_rss >= 0;
    member.proportional_bytes =
        member.resident_bytes * (member.has_pss ? process.pss_per_rss : 1.0);
    member.cores = process.cores;
    member.io_rate = process.io_rate;
    member.has_fds = process.has_fds;
    book_.Count(process.group, member, now);
  }
  book_.EndLook(now);
}

void ProcessCollector::PublishGroups(std::int64_t now_ms) {
  auto picture = std::make_shared<GroupPicture>();
  picture->time_ms = now_ms;
  for (const ProcessGroup& group : book_.groups()) {
    if (group.processes == 0) continue;
    picture->groups.push_back({group.name, group.processes, group.threads, group.cores,
                               group.resident_bytes, group.io_rate});
  }
  std::sort(picture->groups.begin(), picture->groups.end(),
            [](const ProcessGroupUse& a, const ProcessGroupUse& b) {
              if (a.cpu_cores != b.cpu_cores) return a.cpu_cores > b.cpu_cores;
              return a.resident_bytes > b.resident_bytes;
            });
  picture->note = ends_.Note();
  const auto note = [&picture](const std::string& text) {
    picture->note += picture->note.empty() ? text : "; " + text;
  };
  if (denied_ > 0) {
    note(fmt::format("no permission to read the I/O of {} process{} (needs CAP_SYS_PTRACE)",
                     denied_, denied_ == 1 ? "" : "es"));
  }
  if (table_.left_out() > 0) note(fmt::format("{} processes are left out", table_.left_out()));
  boards_.groups.Publish(std::move(picture));
}

void ProcessCollector::FeedRings(std::int64_t now_ms, bool full) {
  if (busy_cores_ >= 0) {
    ranking_.Clear();
    for (const std::size_t i : table_.active()) {
      const Process& process = table_.processes()[i];
      ranking_.Add(process.name, process.pid, process.cores);
    }
    boards_.cpu.Add({now_ms, busy_cores_}, ranking_.Top());
  }
  if (busy_cores_ >= 0 || disk_rate_ >= 0) {
    ranking_.Clear();
    // Not of the active ones alone: who waits for a disk all day uses no CPU.
    for (const Process& process : table_.processes()) {
      if (process.io_rate > 0) ranking_.Add(process.name, process.pid, process.io_rate);
    }
    // Caches stand between a process and the disks: the greater of both is the whole.
    boards_.disk.Add({now_ms, std::max(ranking_.sum(), disk_rate_)}, ranking_.Top());
  }
  double used = 0;
  if (!full || !host_.ReadMemory(used)) return;
  ranking_.Clear();
  for (const Process& process : table_.processes()) {
    const double share = process.pss_per_rss >= 0 ? process.pss_per_rss : 1.0;
    ranking_.Add(process.name, process.pid,
                 static_cast<double>(process.rss_pages) * page_bytes_ * share);
  }
  boards_.memory.Add({now_ms, used}, ranking_.Top());
}

}  // namespace ecsward
