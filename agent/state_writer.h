// Keeps alerts' states and the history on the disk, from a thread of its own: the tick never waits
// for a disk.
//
// The thread first reads what the last run left and hands it over (StateHooks::restore). Then it
// writes each change of an alert as it is told, and the history every few minutes. When writing
// fails (a full disk, no such directory) it says so once, counts, and tries again later with the
// whole picture; the agent runs on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/state_db.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "rules/rule_engine.h"

namespace ecsward {

// What the writer asks of whoever has the alerts and the history. All are called in the writer's
// thread, under no lock of its.
struct StateHooks {
  // Once, before all others: what the last run left; empty bytes: no history. errors: kParse when
  // the history is not to be read; its file is then set aside
  std::function<Result<void>(SavedAlerts alerts, std::string_view history)> restore;
  // All pending and firing alerts.
  std::function<SavedAlerts()> alerts;
  // The history as it is to be kept; empty: nothing to keep.
  std::function<std::string()> history;
};

struct StateFigures {
  std::atomic<std::uint64_t> write_failures{0};
};

class StateWriter {
 public:
  struct Pace {
    std::chrono::milliseconds checkpoint{std::chrono::minutes(5)};
    std::chrono::milliseconds retry{std::chrono::seconds(30)};
    // When to forget alerts on the disk whose rules have not come back.
    std::chrono::milliseconds reconcile{std::chrono::hours(1)};
  };
  static constexpr std::size_t kMaxQueued = 10'000;  // alerts; beyond: the whole picture, later

  // `log` outlives this. `clock`, too; it is used in the writer's thread.
  StateWriter(std::string directory, const Clock& clock, const Logger& log, StateHooks hooks,
              Pace pace);
  // Waits for the thread.
  ~StateWriter();
  StateWriter(const StateWriter&) = delete;
  StateWriter& operator=(const StateWriter&) = delete;

  void Start();
  // Any thread; returns at once. Of several changes of one alert the last is written.
  void Post(std::shared_ptr<const RuleAlert> now, std::int64_t evaluated_at_ms);
  // The rules were evaluated: with this the downtime can be told after a crash.
  void PostEvaluated(std::int64_t evaluated_at_ms);
  // Everything is other than it was: writes the whole picture.
  void PostAll();
  // Writes what is waiting and the history, and ends. False when the disk did not let it end within
  // `patience`: then this, and all it was made with, must stay alive as long as the process.
  bool Stop(std::chrono::milliseconds patience);

  const StateFigures& figures() const { return figures_; }

 private:
  struct Batch {
    std::map<std::string, std::shared_ptr<const RuleAlert>> alerts;  // by what identifies one
    std::int64_t evaluated_at_ms = 0;                                // 0: nothing new
  };
  void Loop();
  void Restore();
  void Write(const Batch& batch);
  void WriteAll();
  void WriteHistory();
  Result<void> OpenDb();
  void SetFileAside(const std::string& path, const Error& why);
  // Notes how a write went; says so when that has changed.
  bool Went(const Result<void>& result, bool& failing, std::string_view what);
  bool Due(MonoTime time) const;

  const std::string directory_;
  const Clock& clock_;
  const Logger& log_;
  const StateHooks hooks_;
  const Pace pace_;
  StateFigures figures_;

  // The writer's thread only.
  std::optional<StateDb> db_;
  bool db_failing_ = false, history_failing_ = false;
  MonoTime retry_at_, checkpoint_at_, reconcile_at_;  // by steady_clock
  bool whole_picture_ = false;                        // something was not written
  bool reconciled_ = false;

  std::mutex mutex_;  // guards the rest
  std::condition_variable changed_;
  Batch queue_;
  bool overflown_ = false;
  bool stop_ = false, ended_ = true;
  std::thread thread_;
};

}  // namespace ecsward
