// Gauges of ours that keep short spikes: a value taken on every tick, exported as minimum, average
// and maximum over the last 15 and 60 seconds, so that a scrape every 15 s does not lose a 2-second
// peak.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "metrics/series_set.h"
#include "metrics/sliding_window.h"

namespace ecsward {

class PeakGauge {
 public:
  void Add(MonoTime now, double value) { window_.Add(now, value); }

  // Six series, or none while a window holds no sample. The labels of `metric` are "window,stat".
  void Emit(const Metric& metric, MonoTime now, Recorder& out) const;
  // The same for one device. The labels of `metric` are "device,window,stat".
  void Emit(const Metric& metric, std::string_view device, MonoTime now, Recorder& out) const;

 private:
  SlidingWindow window_;
};

// How fast a counter grows, from one tick to the next.
class CounterRate {
 public:
  // Per second since the call before. Nothing on the first call, when no time has passed, and when
  // the counter went backwards (reset, wrapped): a gauge made from it then misses one sample
  // instead of showing a spike.
  std::optional<double> Step(MonoTime now, double counter);

 private:
  MonoTime time_;
  std::optional<double> counter_;
};

}  // namespace ecsward
