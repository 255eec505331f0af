#include "collectors/peak_gauge.h"

#include <chrono>
#include <cstddef>
#include <span>

namespace ecsward {
namespace {

struct Window {
  std::string_view label;
  std::chrono::seconds width;
};
constexpr Window kWindows[] = {{"15s", std::chrono::seconds(15)},
                               {"60s", std::chrono::seconds(60)}};

// `labels` ends with the places of window and stat.
void EmitWindows(const SlidingWindow& samples, const Metric& metric, MonoTime now,
                 std::span<std::string_view> labels, Recorder& out) {
  std::string_view& window = labels[labels.size() - 2];
  std::string_view& stat = labels[labels.size() - 1];
  for (const Window& w : kWindows) {
    WindowStats stats;
    if (!samples.Stats(now, w.width, stats)) continue;
    window = w.label;
    stat = "min";
    out.Set(metric, labels, stats.min);
    stat = "avg";
    out.Set(metric, labels, stats.avg);
    stat = "max";
    out.Set(metric, labels, stats.max);
  }
}

}  // namespace

void PeakGauge::Emit(const Metric& metric, MonoTime now, Recorder& out) const {
  std::string_view labels[2];
  EmitWindows(window_, metric, now, labels, out);
}

void PeakGauge::Emit(const Metric& metric, std::string_view device, MonoTime now,
                     Recorder& out) const {
  std::string_view labels[3] = {device};
  EmitWindows(window_, metric, now, labels, out);
}

std::optional<double> CounterRate::Step(MonoTime now, double counter) {
  const std::chrono::duration<double> elapsed = now - time_;
  std::optional<double> rate;
  if (counter_ && counter >= *counter_ && elapsed.count() > 0) {
    rate = (counter - *counter_) / elapsed.count();
  }
  time_ = now;
  counter_ = counter;
  return rate;
}

}  // namespace ecsward
