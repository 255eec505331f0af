// The time by which rules live: the wall clock, but somebody setting it neither fires an alert nor
// loses one.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace ecsward {

class RuleTime {
 public:
  // More than this between the two clocks from one call to the next, and the wall clock was set (or
  // the host was suspended); less is a clock that is being slewed.
  static constexpr std::chrono::milliseconds kStep{1000};

  struct Moment {
    std::int64_t now_ms = 0;    // since 1970; later than the one before, once that has moved too
    std::int64_t shift_ms = 0;  // what every remembered time has to be moved by first; 0 as a rule
  };
  // A tick that comes this little beside the rhythm of ticks is given the rhythm's own time, as
  // Prometheus does with scrapes: even steps take half the memory in the history.
  static constexpr std::int64_t kAlignMs = 2;

  // How far apart ticks are.
  void SetInterval(std::chrono::nanoseconds interval);
  // One call a tick, with both clocks as they were at one moment.
  Moment Observe(WallTime wall, MonoTime mono);

 private:
  std::int64_t Aligned(std::int64_t wall_ms);

  bool begun_ = false;
  WallTime wall_;
  MonoTime mono_;
  std::int64_t now_ms_ = 0;
  std::int64_t interval_ms_ = 0;  // 0: there is no rhythm
  std::int64_t beat_ms_ = 0;      // some time in the rhythm
  bool off_beat_ = false;         // the last tick was
};

}  // namespace ecsward
