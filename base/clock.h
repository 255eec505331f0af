// Time as an argument: whoever needs to know the time is given a Clock, so tests own it.
#pragma once

#include <chrono>
#include <cstdint>

namespace ecsward {

using WallTime = std::chrono::system_clock::time_point;  // for people and timestamps; may jump
using MonoTime = std::chrono::steady_clock::time_point;  // for intervals; never jumps

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Wall() const = 0;
  virtual MonoTime Mono() const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime Wall() const override;
  MonoTime Mono() const override;
};

// Mono() is what the calling thread has worked so far: for limits on one's own work, which a wait
// for a CPU does not use up. A look costs a system call.
class ThreadCpuClock final : public Clock {
 public:
  WallTime Wall() const override;
  MonoTime Mono() const override;
};

// Stands still until told otherwise. Not thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(WallTime wall = WallTime(std::chrono::seconds(1'700'000'000))) : wall_(wall) {}
  WallTime Wall() const override { return wall_; }
  MonoTime Mono() const override { return mono_; }
  void Advance(std::chrono::nanoseconds by) {
    wall_ += std::chrono::duration_cast<WallTime::duration>(by);
    mono_ += std::chrono::duration_cast<MonoTime::duration>(by);
  }
  void SetWall(WallTime wall) { wall_ = wall; }  // somebody set the machine's clock

 private:
  WallTime wall_;
  MonoTime mono_{std::chrono::seconds(1000)};
};

// Seconds since 1970 as Prometheus writes them.
inline double UnixSeconds(WallTime t) {
  return std::chrono::duration<double>(t.time_since_epoch()).count();
}
// Milliseconds since 1970, as samples and alerts have them.
inline std::int64_t UnixMilliseconds(WallTime t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

}  // namespace ecsward
