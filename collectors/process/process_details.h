// The files of /proc/PID besides stat: read now and then, for few processes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/host_root.h"

namespace ecsward {

// source: proc_pid_io(5). written: without what was cancelled before it reached a disk
struct ProcessIo {
  std::uint64_t read_bytes = 0, written_bytes = 0;
};
// False when one of the two is missing.
bool ParseProcessIoLines(std::string_view text, ProcessIo& out);

// source: proc_pid_smaps(5), smaps_rollup, "Pss:  1234 kB" → bytes. False when there is no such
// line.
bool ParsePss(std::string_view text, std::uint64_t& out);

// Who a process is.
struct ProcessIdentity {
  std::string executable;  // "/usr/sbin/nginx"; empty where it may not be read
  std::string cmdline;     // arguments between blanks; empty unless asked for
  std::string cgroup;      // the text of /proc/PID/cgroup
  std::uint32_t uid = 0;
  bool has_uid = false;
};

// One thread.
class ProcessDetails {
 public:
  // `max_entries`: of one folder of descriptors that are counted one by one.
  explicit ProcessDetails(const HostRoot& root, std::size_t max_entries = 100'000);

  // 0 or an errno; EPROTO for a text that is no such file.
  int ReadIo(std::int64_t pid, ProcessIo& out);
  int ReadPss(std::int64_t pid, std::uint64_t& out);
  // Where the kernel tells the number (Linux 6.2) this is one call, else `budget` is what may still
  // be counted, and less afterwards; with nothing left it is ENOBUFS and what was counted so far.
  int CountFds(std::int64_t pid, std::size_t& budget, std::uint64_t& out);
  // What a process sleeps on: "io_schedule"; "unknown" without permission.
  std::string WaitChannel(std::int64_t pid);
  ProcessIdentity Identify(std::int64_t pid, bool cmdline);

  std::size_t max_entries() const { return max_entries_; }

 private:
  int Read(std::int64_t pid, std::string_view file, std::size_t limit, std::string_view& out);
  const char* Path(std::int64_t pid, std::string_view file);

  const std::string proc_;
  const std::size_t max_entries_;
  const bool counted_by_kernel_;
  std::string path_, buffer_;
};

}  // namespace ecsward
