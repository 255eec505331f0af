// What the agent says about itself on the tick's path: its CPU, memory, ticks and configuration.
// Ordinary series, since prometheus-cpp's registry allocates when it is collected.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "base/host_file.h"
#include "metrics/series_set.h"
#include "metrics/sliding_window.h"

namespace ecsward {

// How the last reload went. Written by the event loop, read by the sampler thread.
struct ReloadStatus {
  std::atomic<bool> successful{true};
  std::atomic<double> success_unix_seconds{0};
};

struct TickCounts {
  std::uint64_t ticks = 0;
  std::uint64_t missed = 0;
  std::chrono::nanoseconds last_duration{0};
  int governor_level = 0;
};

class SelfMetrics {
 public:
  // `reload` outlives this.
  SelfMetrics(WallTime started, const ReloadStatus& reload);

  // Reads the process's own numbers: once a tick, before Report. Threads and descriptors, which
  // cost more, every kSlowEvery.
  void Measure(MonoTime now);
  void Report(MonoTime now, const TickCounts& counts, SeriesSet& set);

  double cpu_seconds() const { return cpu_seconds_; }
  std::uint64_t resident_bytes() const { return resident_bytes_; }

 private:
  // One of the process's own folders, kept open: to open one anew each time allocates.
  class Folder {
   public:
    explicit Folder(const char* path);
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::uint64_t CountEntries() const;  // 0 where it cannot be read

   private:
    const int fd_;
  };

  static constexpr std::chrono::seconds kSlowEvery{15};
  void MeasureSlow();

  const double started_unix_seconds_;
  const ReloadStatus& reload_;
  // The agent's own, whatever --path.procfs says.
  HostFile statm_{"/proc/self/statm"};
  Folder tasks_{"/proc/self/task"};
  Folder fds_{"/proc/self/fd"};
  ReadBuffer buffer_;
  SlidingWindow durations_;
  double cpu_seconds_ = 0;
  std::uint64_t resident_bytes_ = 0, virtual_bytes_ = 0;
  MonoTime slow_due_{};
  std::uint64_t threads_ = 0, open_fds_ = 0, max_fds_ = 0;
};

}  // namespace ecsward
