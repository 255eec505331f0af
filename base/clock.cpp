#include "base/clock.h"

namespace ecsward {

WallTime SystemClock::Wall() const { return std::chrono::system_clock::now(); }
MonoTime SystemClock::Mono() const { return std::chrono::steady_clock::now(); }

}  // namespace ecsward
