#include "collectors/sampler.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace ecsward {
namespace {

constexpr Metric kDuration{"node_scrape_collector_duration_seconds",
                           "Seconds the collector's last run took.", MetricType::kGauge,
                           "collector"};
constexpr Metric kSuccess{"node_scrape_collector_success",
                          "Whether the collector's last run succeeded; 1 too where the host has "
                          "nothing for it to report.",
                          MetricType::kGauge, "collector"};
constexpr Metric kConflicts{"ecsward_series_conflicts",
                            "Series that are not shown because another collector has the same one, "
                            "or its name with another type.",
                            MetricType::kGauge};

// Ticks come a little late, each by another amount: a collector due every 5 s must not slip to the
// sixth tick because this one was quicker than the fifth before it.
constexpr std::chrono::milliseconds kSlack{50};

double Seconds(std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); }

// A collector's run with whatever it throws (out of memory, a library) as an Error.
Result<void> Collect(Collector& collector, const Tick& tick, SeriesSet& set) {
  set.BeginRun();
  Recorder out(set);
  Result<void> result;
  try {
    result = collector.Collect(tick, out);
  } catch (const std::exception& e) {
    result = Fail(ErrorCode::kInternal, e.what());
  }
  set.EndRun();
  return result;
}

}  // namespace

// A slow collector and its thread. The thread shares ownership: if it is stuck when everything else
// is gone, what it touches is still there.
class Sampler::SlowRun : public std::enable_shared_from_this<Sampler::SlowRun> {
 public:
  SlowRun(const HostRoot& root, const Kernel& kernel, const SamplerCollector& what,
          SamplerPlaces places, std::shared_ptr<SeriesSet> set)
      : root_(root), places_(std::move(places)), shared_(root_), set_(std::move(set)) {
    collector_ = what.spec->make({root_, kernel, shared_, *places_.boards, places_.state_directory},
                                 what.options);
  }

  const SeriesSet& set() const { return *set_; }

  // Begins a run. Only when none is under way.
  void Start(const Tick& tick) {
    const std::lock_guard lock(mutex_);
    request_ = tick;
    phase_ = Phase::kRequested;
    if (has_thread_) {
      wake_.notify_all();
      return;
    }
    try {
      std::thread([self = shared_from_this()] { self->Loop(); }).detach();
      has_thread_ = true;
    } catch (const std::system_error& e) {  // as many tasks as the host or the unit allows
      result_ = Fail(ErrorCode::kIo, std::string("no thread: ") + e.what());
      took_ = {};
      phase_ = Phase::kDone;
    }
  }

  bool busy() const {
    const std::lock_guard lock(mutex_);
    return phase_ == Phase::kRequested || phase_ == Phase::kRunning;
  }

  // The result of a run that has finished, once.
  std::optional<Result<void>> Take(std::chrono::nanoseconds& took) {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::kDone) return std::nullopt;
    phase_ = Phase::kIdle;
    took = took_;
    return std::move(result_);
  }

  void AwaitIdle(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    done_.wait_until(lock, until,
                     [this] { return phase_ == Phase::kIdle || phase_ == Phase::kDone; });
  }

  void Stop() {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    wake_.notify_all();
  }

 private:
  enum class Phase { kIdle, kRequested, kRunning, kDone };

  void Loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stop_ || phase_ == Phase::kRequested; });
      if (stop_) return;
      phase_ = Phase::kRunning;
      const Tick tick = request_;
      lock.unlock();
      // The sampler's clock may be gone by the time a stuck run returns; this one never is.
      const auto begin = std::chrono::steady_clock::now();
      Result<void> result = Collect(*collector_, tick, *set_);
      const auto took = std::chrono::steady_clock::now() - begin;
      lock.lock();
      // What the host does not have is asked for again in a minute: not worth a thread until then.
      const bool unsupported = !result && result.error().code == ErrorCode::kNotSupported;
      result_ = std::move(result);
      took_ = took;
      phase_ = Phase::kDone;
      if (unsupported) has_thread_ = false;
      done_.notify_all();
      if (unsupported) return;
    }
  }

  const HostRoot root_;  // a copy, for the same reason
  const SamplerPlaces places_;
  SharedSources shared_;
  std::shared_ptr<SeriesSet> set_;  // the thread's while a run is under way, else the sampler's
  std::unique_ptr<Collector> collector_;

  mutable std::mutex mutex_;  // guards the rest
  std::condition_variable wake_, done_;
  Phase phase_ = Phase::kIdle;
  bool has_thread_ = false;
  bool stop_ = false;
  Tick request_;
  Result<void> result_;
  std::chrono::nanoseconds took_{0};
};

struct Sampler::Entry {
  const CollectorSpec* spec;
  std::chrono::nanoseconds interval;
  std::unique_ptr<Collector> quick;  // either this and its set …
  SeriesSet* set = nullptr;
  std::shared_ptr<SlowRun> slow;  // … or this
  MonoTime due{};
  MonoTime started{};
  CollectorState state = CollectorState::kFine;
  bool ran = false;
  double duration_seconds = 0;
};

Sampler::Sampler(const HostRoot& root, const Kernel& kernel, const Clock& clock, SeriesTable& table,
                 const std::vector<SamplerCollector>& collectors, CollectorStateFn on_state,
                 SamplerPlaces places)
    : root_(root),
      kernel_(kernel),
      clock_(clock),
      table_(table),
      on_state_(std::move(on_state)),
      places_(std::move(places)),
      shared_(root),
      own_(table.AddSet()) {
  for (const SamplerCollector& what : collectors) {
    auto entry = std::make_unique<Entry>();
    entry->spec = what.spec;
    entry->interval = what.interval.value_or(what.spec->interval);
    if (what.spec->pace == Pace::kSlow) {
      entry->slow = std::make_shared<SlowRun>(root_, kernel_, what, places_, table_.AddSlowSet());
    } else {
      entry->quick = what.spec->make(
          {root_, kernel_, shared_, *places_.boards, places_.state_directory}, what.options);
      entry->set = &table_.AddSet();
    }
    entries_.push_back(std::move(entry));
  }
}

Sampler::~Sampler() {
  for (const auto& entry : entries_) {
    if (entry->slow) {
      table_.Remove(entry->slow->set());
      entry->slow->Stop();
    } else {
      table_.Remove(*entry->set);
    }
  }
  table_.Remove(own_);
}

void Sampler::RunTick() {
  const Tick tick{++tick_, clock_.Wall(), clock_.Mono()};
  for (const auto& entry : entries_) {
    if (entry->slow) {
      RunSlow(*entry, tick);
    } else if (tick.mono + kSlack >= entry->due) {
      RunQuick(*entry, tick);
    }
  }
  ReportOwn();
  Publish(tick.wall, tick.mono);
}

void Sampler::Publish(WallTime wall, MonoTime mono) {
  published_wall_ = wall;
  published_mono_ = mono;
  table_.Publish(tick_, wall);
}

void Sampler::RunQuick(Entry& entry, const Tick& tick) {
  entry.due = tick.mono + entry.interval;
  const MonoTime begin = clock_.Mono();
  const Result<void> result = Collect(*entry.quick, tick, *entry.set);
  Finish(entry, result, clock_.Mono() - begin, tick.mono);
}

void Sampler::RunSlow(Entry& entry, const Tick& tick) {
  std::chrono::nanoseconds took{0};
  if (auto result = entry.slow->Take(took)) {
    table_.Absorb(entry.slow->set());
    Finish(entry, *result, took, tick.mono);
  }
  if (entry.slow->busy()) {
    if (tick.mono - entry.started >= kStuckAfter && entry.state != CollectorState::kStuck) {
      const Error error = Fail(ErrorCode::kTimeout, "still running after 30 s; not started again");
      table_.Withdraw(entry.slow->set());
      ChangeState(entry, CollectorState::kStuck, &error);
    }
    return;
  }
  if (tick.mono + kSlack < entry.due) return;
  entry.due = tick.mono + entry.interval * slow_stretch_;
  entry.started = tick.mono;
  entry.slow->Start(tick);
}

void Sampler::Finish(Entry& entry, const Result<void>& result, std::chrono::nanoseconds took,
                     MonoTime now) {
  entry.ran = true;
  entry.duration_seconds = Seconds(took);
  if (result) {
    ChangeState(entry, CollectorState::kFine, nullptr);
  } else if (result.error().code == ErrorCode::kNotSupported) {
    ChangeState(entry, CollectorState::kNotSupported, &result.error());
    entry.due = std::max(entry.due, now + kRetryUnsupported);
  } else {
    ChangeState(entry, CollectorState::kFailed, &result.error());
  }
}

void Sampler::ChangeState(Entry& entry, CollectorState state, const Error* error) {
  if (entry.state == state) return;
  entry.state = state;
  entry.ran = true;
  if (on_state_) on_state_(entry.spec->name, state, error);
}

void Sampler::ReportOwn() {
  own_.BeginRun();
  Recorder out(own_);
  for (const auto& entry : entries_) {
    if (!entry->ran) continue;
    const bool success =
        entry->state == CollectorState::kFine || entry->state == CollectorState::kNotSupported;
    out.Set(kDuration, {entry->spec->name}, entry->duration_seconds);
    out.Set(kSuccess, {entry->spec->name}, success ? 1 : 0);
  }
  out.Set(kConflicts, static_cast<double>(table_.conflicts()));
  own_.EndRun();
}

void Sampler::AwaitSlow(std::chrono::milliseconds patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  bool any = false;
  for (const auto& entry : entries_) {
    if (!entry->slow) continue;
    entry->slow->AwaitIdle(until);
    std::chrono::nanoseconds took{0};
    if (auto result = entry->slow->Take(took)) {
      table_.Absorb(entry->slow->set());
      Finish(*entry, *result, took, clock_.Mono());
      any = true;
    }
  }
  if (!any) return;
  ReportOwn();
  ++tick_;
  Publish(clock_.Wall(), clock_.Mono());
}

}  // namespace ecsward
