// Keeps the agent small: when it uses more CPU or memory than its ceiling, it does less, in a
// stated order, and says so in ecsward_self_governor_level. It never exits for that reason.
//
//   level 1, 2, 3: slow collectors run 2, 4, 8 times as seldom
//   level 4, 5, 6: the tick itself is 2, 4, 8 times as long
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace ecsward {

struct GovernorLimits {
  double cpu_ratio = 0.05;  // of one CPU
  std::uint64_t resident_bytes = std::uint64_t{64} << 20;
};

// What the process used over one look.
struct ProcessUsage {
  double cpu_ratio = 0;
  std::uint64_t resident_bytes = 0;
};

struct GovernorState {
  int level = 0;
  int calm_looks = 0;  // in a row, well below the ceiling
  bool trim = false;   // give free heap memory back to the kernel now
};

inline constexpr int kGovernorSlowLevels = 3;
inline constexpr int kGovernorMaxLevel = 6;
// How often the governor looks, and after how many calm looks it goes one level back. One level
// halves the work at best, so "calm" is less than half the ceiling: going back cannot go straight
// over it again.
inline constexpr std::chrono::seconds kGovernorLook{10};
inline constexpr int kGovernorCalmLooks = 6;

// Pure: one look. CPU over the ceiling goes up one level. Memory does too, as far as the slow
// collectors: a longer tick would free nothing.
GovernorState Step(GovernorState was, const ProcessUsage& usage, const GovernorLimits& limits);

unsigned SlowStretch(int level);
unsigned TickStretch(int level);

// Looks every kGovernorLook at numbers that only grow.
class Governor {
 public:
  // One call a tick. `cpu_seconds` is what the process has used in its life. True when the level
  // changed.
  bool Observe(MonoTime now, double cpu_seconds, std::uint64_t resident_bytes,
               const GovernorLimits& limits);

  int level() const { return state_.level; }
  // What the last look saw.
  const ProcessUsage& usage() const { return usage_; }
  bool wants_trim() const { return state_.trim; }

 private:
  GovernorState state_;
  ProcessUsage usage_;
  bool begun_ = false;
  MonoTime looked_;
  double cpu_seconds_ = 0;
};

}  // namespace ecsward
