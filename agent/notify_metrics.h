// What the notifier says about itself, as series of the tick: nothing where it is off.
#pragma once

#include <span>

#include "base/clock.h"
#include "exporters/notify/notifier.h"
#include "metrics/series_table.h"

namespace ecsward {

// All of them, for docs/metrics.md.
std::span<const Metric* const> NotifyMetricsList();

// Sampler's thread only.
class NotifyMetrics {
 public:
  // Figures are copied seldom: a copy allocates, and nobody looks every second.
  static constexpr std::chrono::seconds kEvery{5};

  // Both outlive this.
  NotifyMetrics(SeriesTable& table, const notify::Notifier& notifier);
  void Report(MonoTime now);

 private:
  const notify::Notifier& notifier_;
  SeriesSet& set_;
  notify::NotifierFigures figures_;
  MonoTime due_{};
};

}  // namespace ecsward
