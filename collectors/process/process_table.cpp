#include "collectors/process/process_table.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "collectors/offender_name.h"

namespace ecsward {
namespace {

constexpr std::size_t kFolderBytes = std::size_t{32} << 10;
// A line is some 300 bytes; 52 numbers of 20 digits would be 1,100.
constexpr std::size_t kLineBytes = 2048;
// For everything else that this process opens: disks, sockets, clients.
constexpr std::size_t kReserve = 256;
constexpr std::size_t kMostKeptOpen = 4096;

// "4242" → 4242; 0 for names that are no process's.
std::int64_t PidOf(const char* name) {
  std::int64_t pid = 0;
  for (int digits = 0; *name != '\0'; ++name, ++digits) {
    if (*name < '0' || *name > '9' || digits == 10) return 0;
    pid = pid * 10 + (*name - '0');
  }
  return pid;
}

std::uint64_t Grown(std::uint64_t before, std::uint64_t now) {
  return now > before ? now - before : 0;
}

}  // namespace

std::size_t ProcessTable::KeptOpenHere() {
  rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur <= kReserve) return 0;
  return std::min<std::size_t>(files.rlim_cur - kReserve, kMostKeptOpen);
}

ProcessTable::ProcessTable(std::string proc, double ticks_per_second, Limits limits)
    : proc_(std::move(proc)),
      ticks_per_second_(ticks_per_second),
      limits_(limits),
      buffer_(kFolderBytes) {}

// The numbers of all processes, sorted.
Result<void> ProcessTable::List() {
  OwnedFd folder(::open(proc_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return ErrnoError(errno, proc_);
  pids_.clear();
  left_out_ = 0;
  for (;;) {
    const ssize_t n = ::getdents64(folder.get(), buffer_.data(), buffer_.size());
    if (n < 0) return ErrnoError(errno, proc_);
    if (n == 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
      unsigned short length = 0;
      std::memcpy(&length, buffer_.data() + at + offsetof(dirent64, d_reclen), sizeof length);
      if (const std::int64_t pid = PidOf(buffer_.data() + at + offsetof(dirent64, d_name));
          pid > 0) {
        if (pids_.size() < limits_.processes) {
          pids_.push_back(pid);
        } else {
          ++left_out_;
        }
      }
      at += length;
    }
  }
  if (!std::is_sorted(pids_.begin(), pids_.end())) std::sort(pids_.begin(), pids_.end());
  folder_ = std::move(folder);
  return {};
}

bool ProcessTable::ReadKept(Process& process, std::string_view& text) {
  const ssize_t n = ::pread(process.stat.get(), buffer_.data(), kLineBytes, 0);
  if (n <= 0) return false;
  text = {buffer_.data(), static_cast<std::size_t>(n)};
  return true;
}

// Opens the file, and keeps it open if there is room.
bool ProcessTable::ReadOpened(Process& process, std::string_view& text) {
  std::array<char, 32> path{};
  *fmt::format_to(path.data(), "{}/stat", process.pid) = '\0';
  OwnedFd fd(::openat(folder_.get(), path.data(), O_RDONLY | O_CLOEXEC));
  if (!fd.open()) return false;
  process.stat = std::move(fd);
  const bool good = ReadKept(process, text);
  if (good && open_ < limits_.kept_open) {
    ++open_;
  } else {
    process.stat.Close();
  }
  return good;
}

void ProcessTable::Take(const StatLine& line, Process& process, MonoTime now) {
  const std::uint64_t user = Grown(process.user_ticks, line.user_ticks);
  const std::uint64_t system = Grown(process.system_ticks, line.system_ticks);
  process.new_user_ticks += user;
  process.new_system_ticks += system;
  process.user_ticks += user;
  process.system_ticks += system;
  const std::uint64_t ticks = process.user_ticks + process.system_ticks;
  if (now > process.looked) {
    const double seconds = std::chrono::duration<double>(now - process.looked).count();
    process.cores =
        static_cast<double>(Grown(process.looked_ticks, ticks)) / ticks_per_second_ / seconds;
    process.looked = now;
    process.looked_ticks = ticks;
  }
  if (line.state != 'D' || user + system > 0) {
    process.blocked_since = {};
  } else if (process.blocked_since == MonoTime{}) {
    process.blocked_since = now;
  }
  process.state = line.state;
  process.parent = line.parent;
  process.threads = line.threads;
  process.rss_pages = line.rss_pages;
  if (process.comm != line.comm) {
    process.comm = line.comm;
    process.kernel_thread = line.kernel_thread;
    process.name = OffenderName(line.comm, line.kernel_thread);
    process.renamed = true;
  }
}

// False when it has ended.
bool ProcessTable::Refresh(Process& process, MonoTime now) {
  std::string_view text;
  const bool kept = process.stat.open();
  if (!(kept ? ReadKept(process, text) : ReadOpened(process, text))) return false;
  StatLine line;
  if (!ParseStatLine(text, line) || line.start_ticks != process.start_ticks) return false;
  Take(line, process, now);
  return true;
}

// A number that was not there before. False when it has gone again, or may not be seen.
bool ProcessTable::Meet(std::int64_t pid, MonoTime now, Process& out) {
  out = {};
  out.pid = pid;
  std::string_view text;
  if (!ReadOpened(out, text)) return false;
  StatLine line;
  if (!ParseStatLine(text, line)) {
    Forget(out);
    return false;
  }
  out.start_ticks = line.start_ticks;
  out.looked = last_all_;
  // One that was there all the time but could not be seen has done its work long ago.
  out.newborn = !first_ && line.start_ticks >= newest_start_;
  if (first_) newest_start_ = std::max(newest_start_, line.start_ticks);
  if (!out.newborn) {
    out.user_ticks = line.user_ticks;
    out.system_ticks = line.system_ticks;
    out.looked_ticks = line.user_ticks + line.system_ticks;
    out.looked = now;
  }
  Take(line, out, now);
  return true;
}

void ProcessTable::Forget(Process& process) {
  if (process.stat.open()) --open_;
  process.stat.Close();
  process.alive = false;
}

Result<void> ProcessTable::LookAtAll(MonoTime now) {
  if (auto listed = List(); !listed) return listed;
  met_.clear();
  auto known = processes_.begin();
  const auto meet = [&](std::int64_t pid) {
    if (Process process; Meet(pid, now, process)) met_.push_back(std::move(process));
  };
  for (const std::int64_t pid : pids_) {
    for (; known != processes_.end() && known->pid < pid; ++known) Forget(*known);
    if (known == processes_.end() || known->pid != pid) {
      meet(pid);
      continue;
    }
    if (!known->alive || !Refresh(*known, now)) {
      Forget(*known);
      meet(pid);  // somebody else may have its number by now
    }
    ++known;
  }
  for (; known != processes_.end(); ++known) Forget(*known);
  std::erase_if(processes_, [](const Process& process) { return !process.alive; });
  if (!met_.empty()) {
    const auto middle = static_cast<std::ptrdiff_t>(processes_.size());
    std::move(met_.begin(), met_.end(), std::back_inserter(processes_));
    std::inplace_merge(processes_.begin(), processes_.begin() + middle, processes_.end(),
                       [](const Process& a, const Process& b) { return a.pid < b.pid; });
    met_.clear();
    // After a fork bomb the table is small again.
    if (met_.capacity() > 1024) met_.shrink_to_fit();
  }
  if (processes_.capacity() > 2048 && processes_.capacity() > 4 * processes_.size()) {
    processes_.shrink_to_fit();
  }
  last_all_ = now;
  first_ = false;
  ChooseHot();
  return {};
}

void ProcessTable::ChooseHot() {
  active_.clear();
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    const Process& process = processes_[i];
    if (process.cores > 0 || process.state == 'D' || (process.newborn && process.renamed)) {
      active_.push_back(i);
    }
  }
  hot_ = active_;
  if (hot_.size() <= limits_.hot) return;
  const auto hotter = [this](std::size_t a, std::size_t b) {
    return processes_[a].cores > processes_[b].cores;
  };
  const auto last = hot_.begin() + static_cast<std::ptrdiff_t>(limits_.hot);
  std::nth_element(hot_.begin(), last, hot_.end(), hotter);
  hot_.erase(last, hot_.end());
}

void ProcessTable::LookAtHot(MonoTime now) {
  for (const std::size_t i : hot_) {
    Process& process = processes_[i];
    if (!process.alive || Refresh(process, now)) continue;
    process.cores = 0;
    process.io_rate = 0;
    Forget(process);
  }
}

Process* ProcessTable::Find(std::int64_t pid) {
  const auto found =
      std::lower_bound(processes_.begin(), processes_.end(), pid,
                       [](const Process& process, std::int64_t p) { return process.pid < p; });
  return found != processes_.end() && found->pid == pid ? &*found : nullptr;
}

}  // namespace ecsward
