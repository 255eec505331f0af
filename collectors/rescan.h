// When a folder of devices is to be listed again. Listing /sys on every tick would cost more than
// reading what is in it.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace ecsward {

class Rescan {
 public:
  static constexpr std::chrono::seconds kEvery{30};
  static constexpr std::chrono::seconds kSoon{3};

  // True at first, then every kEvery.
  bool Due(MonoTime now) {
    if (now < next_) return false;
    last_ = now;
    next_ = now + kEvery;
    return true;
  }
  // A device went away in the middle of a run: look again, though not on every tick should it be
  // one that comes and goes.
  void Hurry() { next_ = std::min(next_, last_ + kSoon); }

 private:
  MonoTime last_ = MonoTime::min();
  MonoTime next_ = MonoTime::min();
};

}  // namespace ecsward
