// Alert rules inside the daemon: feeds the history after each tick, runs the rules that are due,
// keeps what must survive a restart.
//
// Everything is behind one mutex, which is held for the work of a tick and for copies, never while
// a file is read or written. Where no rules are loaded nothing of it exists and nothing runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/alert_feed.h"
#include "agent/config.h"
#include "agent/daemon_settings.h"
#include "agent/notify_metrics.h"
#include "agent/rule_time.h"
#include "agent/sampler_thread.h"
#include "agent/state_writer.h"
#include "base/clock.h"
#include "base/log.h"
#include "metrics/evidence.h"
#include "metrics/history.h"
#include "metrics/history_feed.h"
#include "metrics/label_matcher.h"
#include "metrics/series_table.h"
#include "rules/rule_engine.h"

namespace ecsward {

class Alerting final : public TickListener {
 public:
  // How long rules wait for what the last run left, when the disk is slow to give it.
  static constexpr std::chrono::seconds kRestorePatience{10};

  // All outlive this.
  Alerting(SeriesTable& table, const Clock& clock, const Logger& log);
  // After Stop.
  ~Alerting() override;
  Alerting(const Alerting&) = delete;
  Alerting& operator=(const Alerting&) = delete;

  // Who tells what is to blame; outlives this. Before Configure; without it nothing is attached.
  void SetEvidence(EvidenceSource& evidence) { evidence_ = &evidence; }

  // Who tells people; both outlive this. Before Configure.
  void SetNotifier(notify::Notifier& notifier, NotifyMetrics& metrics);

  // Puts these rules and settings in the place of those before; alerts of rules that stay keep
  // their state and timers. Any thread.
  void Configure(const Config& config, std::vector<RuleGroup> groups);
  // The last reload failed, or worked, for ecsward_rules_last_reload_successful.
  void SetReloaded(bool successful);

  // --- sampler's thread ---
  void BeforeTick() override;  // reports how the rules do
  void AfterTick(WallTime wall, MonoTime mono) override;

  // --- any thread ---
  DaemonSettings Settings() const;
  std::vector<RuleAlert> Alerts() const;
  std::vector<RuleStatus> Statuses() const;
  // A checkpoint of the series that match.
  std::string CopyHistory(const std::vector<std::vector<LabelMatcher>>& selectors) const;

  // Ends the writer: last changes and the history are on the disk then. After the last tick.
  // False when the disk does not let it end: this must then live as long as the process.
  bool Stop(std::chrono::milliseconds patience);

 private:
  // What exists while there are rules.
  struct Rules {
    Rules(SeriesTable& table, const LabelPairs& target_labels);
    LabelTable labels;
    History history;
    HistoryFeed feed;
    std::unique_ptr<RuleEngine> engine;
    std::set<std::string, std::less<>> recorded;  // names of series that rules write
    std::uint64_t history_version = 0;            // when `recorded` series were last looked for
    bool limit_all = true;                        // needs have changed
  };
  enum class Restore { kNotBegun, kReading, kRead, kDone };

  // All under the mutex, except Adopt and TakeRestored, which take it.
  void Adopt(const Config& config, std::vector<RuleGroup> groups);
  void SetRuleNames(const std::vector<RuleGroup>& groups);
  void Retire();
  void CountEngine();
  void StartWriter(const std::string& directory);
  Result<void> TakeRestored(SavedAlerts saved, std::string_view history);
  void KeepWhatIsNeeded();
  std::chrono::milliseconds KeepFor(const Labels& labels) const;
  void LimitRecorded();
  SavedAlerts PictureLocked() const;
  void Shift(std::int64_t delta_ms);
  bool ReadyToEvaluate(MonoTime mono);
  void Evaluate();
  void Told(const AlertChange& change);

  SeriesTable& table_;
  const Clock& clock_;
  const Logger& log_;
  EvidenceSource* evidence_ = nullptr;
  SeriesSet& own_;  // sampler's thread only

  mutable std::mutex mutex_;  // guards the rest
  DaemonSettings settings_;
  std::unique_ptr<Rules> rules_;
  RuleTime time_;
  std::int64_t now_ms_ = 0;  // rule time of the last tick
  std::int64_t evaluated_at_ms_ = 0;
  std::int64_t posted_at_ms_ = 0;  // when the writer was told of an evaluation
  std::int64_t trim_at_ms_ = 0;
  Restore restore_ = Restore::kNotBegun;
  std::optional<MonoTime> waiting_since_;
  std::optional<SavedAlerts> saved_;  // read, and not yet given to the engine
  std::chrono::nanoseconds took_{0};  // by the last evaluation
  RuleEngineFigures before_;          // of engines that were replaced
  bool reloaded_ = true;
  std::unique_ptr<StateWriter> writer_;
  std::optional<AlertFeed> feed_;
  NotifyMetrics* notify_metrics_ = nullptr;  // sampler's thread only
};

}  // namespace ecsward
