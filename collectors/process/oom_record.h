// What the kernel's log says when memory has run out: pure, one record at a time.
//
// Linux 5.0 and later say it in one line:
//   oom-kill:constraint=CONSTRAINT_MEMCG,…,task_memcg=/system.slice/x.service,task=stress,pid=42,uid=0
// and then, as all of them do:
//   Memory cgroup out of memory: Killed process 42 (stress) total-vm:… (5.1 and later)
//   Killed process 42 (stress) total-vm:…                              (before)
// The old ones have these before it:
//   Task in /system.slice/x.service killed as a result of limit of /system.slice
//   Memory cgroup out of memory: Kill process 42 (stress) score 1000 or sacrifice child
// source: mm/oom_kill.c, mm/memcontrol.c; the records are described in
// https://docs.kernel.org/admin-guide/abi-testing.html (dev-kmsg)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecsward {

// One record of /dev/kmsg: "6,1234,5678901,-;text", then lines that begin with a blank.
struct KernelRecord {
  std::uint64_t sequence = 0;
  bool from_kernel = false;  // false: a program wrote it
  std::string_view text;     // the first line; what cannot be printed is \x1b as the kernel has it
};
// False when it is none.
bool ParseKernelRecord(std::string_view line, KernelRecord& out);

// What one text tells. All texts are views of it.
struct OomText {
  enum class What : std::uint8_t {
    kChosen,  // the one line of Linux 5.0: everything is known
    kKilled,  // the line about the kill itself
    kAbout,   // announces a kill: says where, or how it came to it
  };
  What what = What::kAbout;
  std::int64_t pid = 0;
  std::string_view process;
  std::string_view cgroup;  // "/system.slice/x.service"; empty: not told
  bool in_cgroup = false;   // a limit of a cgroup was reached, not the host's end
  bool told_scope = false;  // in_cgroup is known
};
// Nothing when the text is about something else.
std::optional<OomText> ParseOomText(std::string_view text);

struct OomKill {
  std::int64_t pid = 0;
  std::string process;  // safe for labels
  std::string unit;     // likewise: "x.service", "container:abc123def456", or ""
  bool in_cgroup = false;
};

// Puts the lines of a kill together: each kill is told once.
class OomStory {
 public:
  std::optional<OomKill> Add(const KernelRecord& record);

 private:
  static constexpr std::uint64_t kTogether = 1000;  // records of one kill are not further apart
  std::int64_t told_pid_ = 0;                       // by the one line
  std::uint64_t told_at_ = 0;
  std::string cgroup_;  // of what was announced
  bool in_cgroup_ = false;
  std::uint64_t announced_at_ = 0;
  bool announced_ = false;
};

// "x.service" of "/system.slice/x.service", "container:abc123def456", or "". Safe for labels.
std::string OwnerOfCgroup(std::string_view path);

}  // namespace ecsward
