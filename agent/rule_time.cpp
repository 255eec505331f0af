#include "agent/rule_time.h"

#include <algorithm>

namespace ecsward {

RuleTime::Moment RuleTime::Observe(WallTime wall, MonoTime mono) {
  Moment moment;
  if (begun_) {
    const auto stepped = (wall - wall_) - (mono - mono_);
    if (stepped > kStep || stepped < -kStep) {
      moment.shift_ms = std::chrono::duration_cast<std::chrono::milliseconds>(stepped).count();
    }
  }
  // A clock that is slewed back by less than a tick must not stop time.
  const std::int64_t earliest = begun_ ? now_ms_ + moment.shift_ms + 1 : UnixMilliseconds(wall);
  moment.now_ms = std::max(UnixMilliseconds(wall), earliest);
  begun_ = true;
  wall_ = wall;
  mono_ = mono;
  now_ms_ = moment.now_ms;
  return moment;
}

}  // namespace ecsward
