#include "agent/governor.h"

#include <algorithm>

namespace ecsward {

GovernorState Step(GovernorState was, const ProcessUsage& usage, const GovernorLimits& limits) {
  const bool cpu_over = usage.cpu_ratio > limits.cpu_ratio;
  const bool memory_over = usage.resident_bytes > limits.resident_bytes;
  const int floor = memory_over ? kGovernorSlowLevels : 0;  // memory holds no tick back
  GovernorState now{was.level, 0, memory_over};
  if ((cpu_over && was.level < kGovernorMaxLevel) || (memory_over && was.level < floor)) {
    ++now.level;
  } else if (was.level > floor && usage.cpu_ratio < limits.cpu_ratio / 2) {
    now.calm_looks = was.calm_looks + 1;
    if (now.calm_looks >= kGovernorCalmLooks) {
      --now.level;
      now.calm_looks = 0;
    }
  }
  return now;
}

unsigned SlowStretch(int level) { return 1U << std::clamp(level, 0, kGovernorSlowLevels); }

unsigned TickStretch(int level) {
  return 1U << std::clamp(level - kGovernorSlowLevels, 0, kGovernorMaxLevel - kGovernorSlowLevels);
}

bool Governor::Observe(MonoTime now, double cpu_seconds, std::uint64_t resident_bytes,
                       const GovernorLimits& limits) {
  state_.trim = false;
  if (!begun_) {  // what starting cost is not held against the first look
    begun_ = true;
    looked_ = now;
    cpu_seconds_ = cpu_seconds;
    return false;
  }
  if (now - looked_ < kGovernorLook) return false;
  const double seconds = std::chrono::duration<double>(now - looked_).count();
  usage_ = {(cpu_seconds - cpu_seconds_) / seconds, resident_bytes};
  looked_ = now;
  cpu_seconds_ = cpu_seconds;
  const int before = state_.level;
  state_ = Step(state_, usage_, limits);
  return state_.level != before;
}

}  // namespace ecsward
