// The thread that measures: a tick at each deadline, the governor, and the agent's own series.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>

#include "agent/config.h"
#include "agent/governor.h"
#include "agent/self_metrics.h"
#include "base/clock.h"
#include "base/kernel.h"
#include "base/log.h"
#include "collectors/host_boards.h"
#include "metrics/series_table.h"

namespace ecsward {

struct Deadline {
  MonoTime next;
  std::uint64_t missed = 0;  // deadlines that had already passed and are left out
};

// The deadline after `last`, in the rhythm of `interval`, that is still to come at `now`. Deadlines
// are absolute: ticks do not drift, and a host that was suspended is not measured in a burst.
//   NextDeadline(10s, 1s, now=10.2s) → 11s    NextDeadline(10s, 1s, now=12.5s) → 13s, 2 missed
Deadline NextDeadline(MonoTime last, std::chrono::nanoseconds interval, MonoTime now);

// Who wants to know of each tick. Called in the sampler's thread, or in Configure's.
class TickListener {
 public:
  virtual ~TickListener() = default;
  // Before the collectors run: what is reported to the table now is part of the tick.
  virtual void BeforeTick() = 0;
  // Right after SeriesTable::Publish, with the tick's times. The table may be looked at.
  virtual void AfterTick(WallTime wall, MonoTime mono) = 0;
};

// Start, Configure and Stop belong to one thread.
class SamplerThread {
 public:
  // All outlive this; `kernel` also a collector that is stuck. `listener` may be null.
  SamplerThread(const Kernel& kernel, const Clock& clock, SeriesTable& table,
                const ReloadStatus& reload, const Logger& log, TickListener* listener = nullptr,
                std::shared_ptr<HostBoards> boards = std::make_shared<HostBoards>());
  ~SamplerThread();
  SamplerThread(const SamplerThread&) = delete;
  SamplerThread& operator=(const SamplerThread&) = delete;

  // Makes the collectors that `config` asks for and runs their first tick, here and now, so that
  // the next scrape shows them. Collectors whose settings are as before stay, with all they know.
  // Later calls wait for the tick under way. errors: kTimeout when a tick is stuck, or whatever a
  // collector throws; the old ones then go on
  Result<void> Configure(const Config& config);

  // Begins to tick on a thread of its own. After Configure.
  void Start();

  // Ends the thread. False when a tick is stuck and did not end within `patience`: then this, and
  // all it was made with, must stay alive as long as the process.
  bool Stop(std::chrono::milliseconds patience);

  // When the last tick ended, for the watchdog, and how far apart ticks are at present. Any thread.
  MonoTime last_tick() const { return MonoTime(MonoTime::duration(last_tick_.load())); }
  std::chrono::nanoseconds interval() const { return std::chrono::nanoseconds(interval_.load()); }

 private:
  struct Collecting;  // the collectors and what they were made from

  void Loop();
  void RunTick();
  void TellListener();
  void Govern(MonoTime now);

  const Kernel& kernel_;
  const Clock& clock_;
  SeriesTable& table_;
  const Logger& log_;
  TickListener* const listener_;
  const std::shared_ptr<HostBoards> boards_;
  SeriesSet& own_;
  SelfMetrics self_;

  // A mutex that can be waited for with a limit. std::timed_mutex is one too, but it waits in
  // pthread_mutex_clocklock, which GCC 12's thread sanitizer does not know.
  class TickMutex {
   public:
    void lock() { free_.acquire(); }
    void unlock() { free_.release(); }
    bool try_lock_for(std::chrono::nanoseconds patience) { return free_.try_acquire_for(patience); }

   private:
    std::binary_semaphore free_{1};
  };
  TickMutex tick_mutex_;  // held during a tick and by Configure; guards the next five
  std::unique_ptr<Collecting> collecting_;
  Governor governor_;
  GovernorLimits limits_;
  TickCounts counts_;
  std::chrono::nanoseconds base_interval_{0};

  std::atomic<MonoTime::rep> last_tick_{0};
  std::atomic<std::chrono::nanoseconds::rep> interval_{0};

  std::mutex stop_mutex_;  // guards the next three
  bool stop_ = false;
  bool replan_ = false;  // Configure was here
  bool ended_ = true;
  std::condition_variable stop_changed_;
  std::thread thread_;
};

}  // namespace ecsward
