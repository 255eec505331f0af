#include "base/clock.h"

#include <ctime>

namespace ecsward {

WallTime SystemClock::Wall() const { return std::chrono::system_clock::now(); }
MonoTime SystemClock::Mono() const { return std::chrono::steady_clock::now(); }

WallTime ThreadCpuClock::Wall() const { return std::chrono::system_clock::now(); }
MonoTime ThreadCpuClock::Mono() const {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return MonoTime(std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec));
}

}  // namespace ecsward
