// Runs the collectors once a tick and publishes what they report.
//
// Quick collectors run in the caller's thread, one after the other. Each slow collector has a
// thread of its own, started when it is due and kept for as long as the host has what it looks for:
// one that gets stuck (a dead mount, a wedged driver) holds up nobody, marks itself and is not
// started a second time. A pool of threads would have to grow a new thread for each stuck one to
// keep the same promise.
//
// A collector that fails, or that the host does not support, is reported when that changes, not on
// every tick.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "collectors/all.h"
#include "metrics/series_table.h"

namespace ecsward {

struct SamplerCollector {
  const CollectorSpec* spec;
  CollectorOptions options;
  std::optional<std::chrono::nanoseconds> interval;  // instead of the table's
};

// Where collectors leave what is no series.
struct SamplerPlaces {
  std::shared_ptr<HostBoards> boards = std::make_shared<HostBoards>();
  std::string state_directory;  // empty: nothing is kept
};

enum class CollectorState { kFine, kNotSupported, kFailed, kStuck };

// Called in the sampler's thread when a collector's state changes. `error` is null for kFine.
using CollectorStateFn =
    std::function<void(std::string_view collector, CollectorState state, const Error* error)>;

class Sampler {
 public:
  // How long a slow collector may run before it counts as stuck.
  static constexpr std::chrono::seconds kStuckAfter{30};
  // How often a collector that the host does not support is asked again.
  static constexpr std::chrono::seconds kRetryUnsupported{60};

  // `root`, `kernel`, `clock` and `table` outlive the sampler; `kernel` also any thread of its that
  // is stuck.
  Sampler(const HostRoot& root, const Kernel& kernel, const Clock& clock, SeriesTable& table,
          const std::vector<SamplerCollector>& collectors, CollectorStateFn on_state,
          SamplerPlaces places = {});
  // Takes the collectors' series out of the table. Does not wait for a slow collector that is
  // running.
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  // One tick: runs what is due and publishes. By one thread.
  void RunTick();

  // Waits until every slow collector that was started has finished, at most `patience` of real
  // time, and publishes its results as another tick. For the first tick, and for one-shot use.
  void AwaitSlow(std::chrono::milliseconds patience);

  // Slow collectors run this many times as seldom: the governor's first measure. At least 1.
  void SetSlowStretch(unsigned factor) { slow_stretch_ = factor; }

  std::uint64_t tick() const { return tick_; }
  // When what was published last was measured, by both clocks.
  WallTime published_wall() const { return published_wall_; }
  MonoTime published_mono() const { return published_mono_; }
  // Ticks count on after `tick`, that of the sampler whose place this one takes: readers of the
  // table tell ticks apart by their number. Before the first RunTick.
  void ContinueFrom(std::uint64_t tick) { tick_ = tick; }

 private:
  struct Entry;
  class SlowRun;
  void RunQuick(Entry& entry, const Tick& tick);
  void RunSlow(Entry& entry, const Tick& tick);
  void Finish(Entry& entry, const Result<void>& result, std::chrono::nanoseconds took,
              MonoTime now);
  void ChangeState(Entry& entry, CollectorState state, const Error* error);
  void ReportOwn();
  void Publish(WallTime wall, MonoTime mono);

  const HostRoot& root_;
  const Kernel& kernel_;
  const Clock& clock_;
  SeriesTable& table_;
  CollectorStateFn on_state_;
  const SamplerPlaces places_;
  SharedSources shared_;
  std::vector<std::unique_ptr<Entry>> entries_;
  SeriesSet& own_;
  std::uint64_t tick_ = 0;
  WallTime published_wall_;
  MonoTime published_mono_;
  unsigned slow_stretch_ = 1;
};

}  // namespace ecsward
