#include "agent/rule_time.h"

#include <algorithm>

namespace ecsward {

void RuleTime::SetInterval(std::chrono::nanoseconds interval) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(interval);
  const std::int64_t interval_ms = ms == interval ? ms.count() : 0;
  if (interval_ms == interval_ms_) return;
  interval_ms_ = interval_ms;
  beat_ms_ = now_ms_;
}

// Never further than kAlignMs from the wall clock, so nothing can drift. A single late tick leaves
// the rhythm alone; two in a row begin another, since a clock that is slewed leaves the old one.
std::int64_t RuleTime::Aligned(std::int64_t wall_ms) {
  if (interval_ms_ < 10 * kAlignMs) return wall_ms;
  std::int64_t late = (wall_ms - beat_ms_) % interval_ms_;
  if (late < 0) late += interval_ms_;
  if (late > interval_ms_ / 2) late -= interval_ms_;
  if (late >= -kAlignMs && late <= kAlignMs) {
    off_beat_ = false;
    return wall_ms - late;
  }
  if (off_beat_) beat_ms_ = wall_ms;
  off_beat_ = !off_beat_;
  return wall_ms;
}

RuleTime::Moment RuleTime::Observe(WallTime wall, MonoTime mono) {
  Moment moment;
  if (begun_) {
    const auto stepped = (wall - wall_) - (mono - mono_);
    if (stepped > kStep || stepped < -kStep) {
      moment.shift_ms = std::chrono::duration_cast<std::chrono::milliseconds>(stepped).count();
    }
  } else {
    beat_ms_ = UnixMilliseconds(wall);
  }
  beat_ms_ += moment.shift_ms;
  const std::int64_t aligned = Aligned(UnixMilliseconds(wall));
  // A clock that is slewed back by less than a tick must not stop time.
  const std::int64_t earliest = begun_ ? now_ms_ + moment.shift_ms + 1 : aligned;
  moment.now_ms = std::max(aligned, earliest);
  begun_ = true;
  wall_ = wall;
  mono_ = mono;
  now_ms_ = moment.now_ms;
  return moment;
}

}  // namespace ecsward
