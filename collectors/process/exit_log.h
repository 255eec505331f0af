// How processes ended lately: what an alert about a dead service says. Filled by whoever the kernel
// tells (process events, the kernel's log, systemd), asked by whoever misses a process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ecsward {

struct ProcessEnd {
  enum class How : std::uint8_t { kUnknown, kExit, kSignal, kOutOfMemory };
  std::int64_t pid = 0;
  std::int64_t time_ms = 0;
  How how = How::kUnknown;
  int number = 0;       // exit status or signal
  bool dumped = false;  // core
  std::string process;  // its name, where it is known; safe for terminals
  std::string unit;     // where it is known: "nginx.service"
};
// "exit status 1", "killed by SIGKILL (9)", "killed for lack of memory (OOM)", "" when unknown.
std::string Describe(const ProcessEnd& end);

// Thread-safe. Keeps the last kKept ends of processes that somebody knew by name or unit, and the
// last kNameless of others: a shell script that starts a thousand programs a second must not push
// out how the database died. An Add costs the same however many there are.
class ExitLog {
 public:
  static constexpr std::size_t kKept = 1024;
  static constexpr std::size_t kNameless = 4096;

  // What is known better stands: an OOM kill over the signal it came as, anything over kUnknown.
  void Add(const ProcessEnd& end);
  // The end of that process after `since_ms`.
  std::optional<ProcessEnd> Find(std::int64_t pid, std::int64_t since_ms) const;
  // The last end of a main process of that unit after `since_ms`.
  std::optional<ProcessEnd> FindUnit(std::string_view unit, std::int64_t since_ms) const;

 private:
  struct Brief {  // of nobody's: 24 bytes
    std::int64_t time_ms = 0;
    std::int64_t pid = 0;
    std::int32_t number = 0;
    ProcessEnd::How how = ProcessEnd::How::kUnknown;
    bool dumped = false;
  };
  // Entries are numbered as they come; the first of a deque has number `first`.
  template <class T>
  struct Ring {
    std::deque<T> entries;
    std::unordered_map<std::int64_t, std::uint64_t> newest;  // by pid: the number of its last entry
    std::uint64_t first = 0;

    T* Newest(std::int64_t pid);
    const T* Newest(std::int64_t pid) const { return const_cast<Ring*>(this)->Newest(pid); }
    void Add(T entry, std::size_t most);
  };

  mutable std::mutex mutex_;
  Ring<ProcessEnd> named_;
  Ring<Brief> nameless_;
};

}  // namespace ecsward
