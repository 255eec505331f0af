// Minimum, average and maximum of a gauge over the last seconds. Ticks are faster than scrapes:
// this is how a two-second spike reaches a Prometheus that looks every fifteen.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "base/clock.h"

namespace ecsward {

struct WindowStats {
  double min = 0, avg = 0, max = 0;
};

// Keeps up to kCapacity samples (one a tick), so with ticks under a second the longest window is
// shorter than asked. Fixed memory, no allocation.
class SlidingWindow {
 public:
  static constexpr std::size_t kCapacity = 64;

  void Add(MonoTime now, double value);
  // Over the samples in (now - width, now]; false when there is none.
  bool Stats(MonoTime now, std::chrono::nanoseconds width, WindowStats& out) const;

 private:
  struct Sample {
    MonoTime time;
    double value = 0;
  };
  std::array<Sample, kCapacity> samples_{};
  std::size_t next_ = 0;
  std::size_t size_ = 0;
};

}  // namespace ecsward
