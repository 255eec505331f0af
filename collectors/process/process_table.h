// All processes, kept between looks.
//
// Opening /proc/PID/stat costs several times what reading it does, so the files stay open. An open
// one belongs to its process, not to the number: once the process is dead it gives ESRCH, whoever
// has the number by then. A look at all of them reads these files and nothing else. In between,
// only the hot ones are looked at: those that used the CPU lately, or hang.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "collectors/process/owned_fd.h"
#include "collectors/process/stat_line.h"

namespace ecsward {

struct Process {
  static constexpr std::uint32_t kNoGroup = ~std::uint32_t{0};

  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
  std::int64_t parent = 0;
  OwnedFd stat;
  std::uint32_t group = kNoGroup;
  char state = '?';
  bool kernel_thread = false;
  bool alive = true;     // false: it ended since the last look at all
  bool newborn = false;  // began after the first look: all that it has done is news
  bool renamed = true;   // nobody has asked who it is since it took this name
  std::string comm;      // as it has named itself
  std::string name;      // the same, safe for labels and terminals

  std::uint64_t user_ticks = 0, system_ticks = 0;  // in all
  // What nobody has taken yet: whoever does sets them to 0.
  std::uint64_t new_user_ticks = 0, new_system_ticks = 0;
  std::uint64_t threads = 0, rss_pages = 0;
  double cores = 0;  // between its last two looks
  MonoTime looked;
  std::uint64_t looked_ticks = 0;  // user and system, at `looked`
  MonoTime blocked_since;          // in state D ever since, without using the CPU; {}: it is not

  // Of whoever reads the process's other files (process_details.h).
  bool asked = false;  // they were read once
  bool has_io = false, io_denied = false, has_fds = false;
  std::uint64_t read_bytes = 0, written_bytes = 0;
  std::uint64_t fds = 0;
  MonoTime io_looked;
  double io_rate = 0;        // bytes/s, between the last two readings
  double pss_per_rss = -1;   // of the last sample; below 0: none
  std::string unit;          // systemd's, safe; empty: none
  std::string wanted_group;  // where there was no place for it
};

class ProcessTable {
 public:
  struct Limits {
    std::size_t kept_open = 4096;
    std::size_t hot = 64;
    std::size_t processes = 65'536;  // more are not looked at
  };

  // `proc` is a real path. `ticks_per_second` is sysconf(_SC_CLK_TCK).
  ProcessTable(std::string proc, double ticks_per_second, Limits limits);
  // Of this process's limit of open files: all but a reserve, 4,096 at most.
  static std::size_t KeptOpenHere();

  // Finds new processes and the ends of old ones, and looks at each. errors: as ErrnoError, when
  // /proc cannot be listed; the table is then as it was.
  Result<void> LookAtAll(MonoTime now);
  void LookAtHot(MonoTime now);

  // By number. Moved around by LookAtAll.
  std::vector<Process>& processes() { return processes_; }
  const std::vector<Process>& processes() const { return processes_; }
  // Those that used the CPU between their last two looks, or are hot: indexes into processes().
  const std::vector<std::size_t>& active() const { return active_; }
  const std::vector<std::size_t>& hot() const { return hot_; }
  // Null when there is none. May be one that has ended since the last look at all.
  Process* Find(std::int64_t pid);
  std::size_t left_out() const { return left_out_; }
  std::size_t kept_open() const { return open_; }

 private:
  Result<void> List();
  bool ReadKept(Process& process, std::string_view& text);
  bool ReadOpened(Process& process, std::string_view& text);
  void Take(const StatLine& line, Process& process, MonoTime now);
  bool Refresh(Process& process, MonoTime now);
  bool Meet(std::int64_t pid, MonoTime now, Process& out);
  void Forget(Process& process);
  void ChooseHot();

  const std::string proc_;
  const double ticks_per_second_;
  const Limits limits_;
  std::vector<Process> processes_;
  std::vector<std::int64_t> pids_;
  std::vector<Process> met_;
  std::vector<std::size_t> active_, hot_;
  std::vector<char> buffer_;
  OwnedFd folder_;
  std::size_t open_ = 0;
  std::size_t left_out_ = 0;
  MonoTime last_all_;
  std::uint64_t newest_start_ = 0;  // of any process that was there at the first look
  bool first_ = true;
};

}  // namespace ecsward
