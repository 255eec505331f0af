// Two times for the notifier: one that nobody sets, for waits, and a watch on the one that somebody
// may set.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace ecsward::notify {

// Milliseconds since 1970 as they would be had nobody touched the clock since the start.
// Thread-safe.
class SteadyTime {
 public:
  // `clock` outlives this.
  explicit SteadyTime(const Clock& clock)
      : clock_(clock), wall_(clock.Wall()), mono_(clock.Mono()) {}

  std::int64_t NowMs() const {
    const auto since = std::chrono::duration_cast<WallTime::duration>(clock_.Mono() - mono_);
    return UnixMilliseconds(wall_ + since);
  }
  std::int64_t WallMs() const { return UnixMilliseconds(clock_.Wall()); }

 private:
  const Clock& clock_;
  const WallTime wall_;
  const MonoTime mono_;
};

// Tells by how much the wall clock was set between two looks.
class JumpWatch {
 public:
  // Less is a clock that is being slewed.
  static constexpr std::int64_t kStepMs = 1'000;

  // 0 as a rule, and the first time.
  std::int64_t Look(std::int64_t steady_ms, std::int64_t wall_ms) {
    const std::int64_t ahead = wall_ms - steady_ms;
    if (!begun_) ahead_ = ahead;
    begun_ = true;
    const std::int64_t jump = ahead - ahead_;
    ahead_ = ahead;
    return jump > kStepMs || jump < -kStepMs ? jump : 0;
  }

 private:
  bool begun_ = false;
  std::int64_t ahead_ = 0;
};

}  // namespace ecsward::notify
