#include "agent/sampler_thread.h"

#include <fmt/format.h>
#include <malloc.h>

#include <exception>

#include "agent/collector_log.h"

namespace ecsward {
namespace {

// How long the first tick waits for slow collectors, so that the first scrape shows file systems
// too. It must come within 50 ms of exec.
constexpr std::chrono::milliseconds kFirstTickPatience{20};
constexpr std::chrono::seconds kConfigurePatience{1};

}  // namespace

Deadline NextDeadline(MonoTime last, std::chrono::nanoseconds interval, MonoTime now) {
  Deadline deadline{last + interval, 0};
  if (deadline.next <= now) {
    deadline.missed = static_cast<std::uint64_t>((now - deadline.next) / interval) + 1;
    deadline.next += interval * static_cast<std::int64_t>(deadline.missed);
  }
  return deadline;
}

struct SamplerThread::Collecting {
  Collecting(SamplerThread& owner, const Config& config, std::uint64_t ticks_before)
      : collect(config.collect),
        paths(config.paths),
        root(config.paths),
        sampler(root, owner.kernel_, owner.clock_, owner.table_, SelectCollectors(config.collect),
                LogStates(owner.log_), {owner.boards_, config.state_directory}) {
    sampler.ContinueFrom(ticks_before);
  }

  bool SameAs(const Config& config) const {
    return collect.collectors == config.collect.collectors &&
           collect.disable_defaults == config.collect.disable_defaults && paths == config.paths;
  }

  CollectConfig collect;
  HostPaths paths;
  HostRoot root;
  Sampler sampler;
};

SamplerThread::SamplerThread(const Kernel& kernel, const Clock& clock, SeriesTable& table,
                             const ReloadStatus& reload, const Logger& log, TickListener* listener,
                             std::shared_ptr<HostBoards> boards)
    : kernel_(kernel),
      clock_(clock),
      table_(table),
      log_(log),
      listener_(listener),
      boards_(std::move(boards)),
      own_(table.AddSet()),
      self_(clock.Wall(), reload) {}

SamplerThread::~SamplerThread() {
  if (thread_.joinable()) Stop(std::chrono::hours(1));
}

Result<void> SamplerThread::Configure(const Config& config) {
  const std::unique_lock lock(tick_mutex_, kConfigurePatience);
  if (!lock) return Fail(ErrorCode::kTimeout, "a collector is stuck in the middle of a tick");
  const bool fresh = collecting_ == nullptr || !collecting_->SameAs(config);
  if (fresh) {
    try {
      const std::uint64_t ticks = collecting_ == nullptr ? 0 : collecting_->sampler.tick();
      collecting_ = std::make_unique<Collecting>(*this, config, ticks);
    } catch (const std::exception& e) {
      return Fail(ErrorCode::kInternal, e.what());
    }
  }
  limits_ = {config.governor.max_cpu_percent / 100, config.governor.max_memory_bytes};
  base_interval_ = config.collect.interval;
  interval_ = (base_interval_ * TickStretch(governor_.level())).count();
  collecting_->sampler.SetSlowStretch(SlowStretch(governor_.level()));
  if (fresh) {
    RunTick();
    const std::uint64_t tick = collecting_->sampler.tick();
    collecting_->sampler.AwaitSlow(kFirstTickPatience);
    if (collecting_->sampler.tick() != tick) TellListener();
  }
  const std::lock_guard wake(stop_mutex_);
  replan_ = true;
  stop_changed_.notify_all();
  return {};
}

void SamplerThread::Start() {
  ended_ = false;
  thread_ = std::thread([this] { Loop(); });
}

bool SamplerThread::Stop(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return true;
  {
    std::unique_lock lock(stop_mutex_);
    stop_ = true;
    stop_changed_.notify_all();
    if (!stop_changed_.wait_for(lock, patience, [this] { return ended_; })) return false;
  }
  thread_.join();
  return true;
}

void SamplerThread::Loop() {
  MonoTime deadline = last_tick();  // the tick that Configure ran
  for (;;) {
    const Deadline next = NextDeadline(deadline, interval(), clock_.Mono());
    deadline = next.next;
    {
      std::unique_lock lock(stop_mutex_);
      stop_changed_.wait_until(lock, deadline, [this] { return stop_ || replan_; });
      if (stop_) {
        ended_ = true;
        stop_changed_.notify_all();
        return;
      }
      if (replan_) {  // another interval, or a tick that Configure has just run
        replan_ = false;
        deadline = last_tick();
        continue;
      }
    }
    const std::lock_guard lock(tick_mutex_);
    counts_.missed += next.missed;
    RunTick();
  }
}

void SamplerThread::RunTick() {
  const MonoTime begin = clock_.Mono();
  self_.Measure(begin);
  Govern(begin);
  self_.Report(begin, counts_, own_);
  if (listener_ != nullptr) listener_->BeforeTick();
  collecting_->sampler.RunTick();
  TellListener();
  const MonoTime end = clock_.Mono();
  ++counts_.ticks;
  counts_.last_duration = end - begin;
  last_tick_ = begin.time_since_epoch().count();
}

void SamplerThread::TellListener() {
  if (listener_ == nullptr) return;
  const Sampler& sampler = collecting_->sampler;
  listener_->AfterTick(sampler.published_wall(), sampler.published_mono());
}

void SamplerThread::Govern(MonoTime now) {
  const int before = governor_.level();
  const bool changed = governor_.Observe(now, self_.cpu_seconds(), self_.resident_bytes(), limits_);
  if (governor_.wants_trim()) ::malloc_trim(0);
  if (!changed) return;
  const int level = governor_.level();
  counts_.governor_level = level;
  collecting_->sampler.SetSlowStretch(SlowStretch(level));
  interval_ = (base_interval_ * TickStretch(level)).count();
  const auto& usage = governor_.usage();
  const std::string level_text = std::to_string(level);
  const std::string cpu = fmt::format("{:.1f}", usage.cpu_ratio * 100);
  const std::string memory =
      fmt::format("{:.1f}", static_cast<double>(usage.resident_bytes) / (1 << 20));
  log_.Log(level > before ? LogLevel::kWarn : LogLevel::kInfo, {},
           level > before ? "over the governor's ceiling: doing less" : "doing more again",
           {{"level", level_text}, {"cpu_percent", cpu}, {"memory_mib", memory}});
}

}  // namespace ecsward
