// All rule groups at work: evaluates those that are due, keeps alerts' states, writes recorded
// series, ALERTS and ALERTS_FOR_STATE into the history.
//
// Not thread-safe: it lives in the sampler's thread. Time is an argument.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "metrics/evidence.h"
#include "metrics/history.h"
#include "rules/alert.h"
#include "rules/promql/query.h"
#include "rules/rule_file.h"

namespace ecsward {

struct RuleEngineOptions {
  std::int64_t evaluation_interval_ms = 15'000;  // for groups without their own
  promql::QueryOptions query;
  LabelPairs external_labels;
  std::string external_url;
  // Prometheus's --rules.alert.for-outage-tolerance and for-grace-period. A `for` timer found in
  // the saved state goes on unless the agent was away longer than the first; what it was away does
  // not count. Prometheus's grace period is 10 m, ours nothing: hosts reboot in a minute.
  std::int64_t outage_tolerance_ms = 3'600'000;
  std::int64_t grace_period_ms = 0;
  // How long a resolved alert stays visible (Prometheus: 15 m).
  std::int64_t resolved_retention_ms = 900'000;
  // Picks annotations: "zh" puts summary_zh in the place of summary (rules/localized.h); "" leaves
  // all as they are.
  std::string language;
};

// What is saved and brought back.
struct SavedAlerts {
  std::int64_t evaluated_at_ms = 0;  // the last evaluation before the agent went away
  std::vector<RuleAlert> alerts;     // pending and firing
};

// Told of each change of state, in the order they happen, in the thread that evaluates. A rule
// without `for` goes from inactive to firing at once.
struct AlertChange {
  AlertState before = AlertState::kInactive;
  std::shared_ptr<const RuleAlert> now;  // shared by all who are told; never null
  bool evidence = false;  // the state is as it was, but evidence has arrived: save it
};

struct RuleStatus {
  std::string file, group, rule;
  bool alerting = false;
  bool healthy = true;
  std::string last_error;
  std::int64_t evaluated_at_ms = 0;
  std::chrono::nanoseconds took{0};
};

struct RuleEngineFigures {
  std::uint64_t evaluations = 0, failures = 0, missed = 0;
  std::size_t rules = 0, groups = 0, pending = 0, firing = 0;
};

// Series that the rules write keep their samples for ever until somebody sets their retention
// (History::SetRetention); History::version() tells of new ones.
class RuleEngine {
 public:
  // `history` outlives this; `evidence` too, and may be null.
  RuleEngine(History& history, const RuleEngineOptions& options,
             EvidenceSource* evidence = nullptr);
  ~RuleEngine();
  RuleEngine(const RuleEngine&) = delete;
  RuleEngine& operator=(const RuleEngine&) = delete;

  // Puts these groups in the place of those before. A rule that was there before, unchanged, in the
  // same group keeps its alerts and timers; a rule that is gone resolves its alerts.
  void Load(std::vector<RuleGroup> groups, std::int64_t now_ms);
  // After Load and before the first evaluation after a start. Alerts whose rule is gone, and those
  // from before too long an outage, are told to be resolved when they were firing. The others stay
  // as they are when the first evaluation does not return them; the second decides.
  void Restore(const SavedAlerts& saved, std::int64_t now_ms);
  void OnChange(std::function<void(const AlertChange&)> told);

  // Evaluates every group that is due at `now_ms`. Groups are spread over their interval by a hash
  // of their name, as Prometheus does; a loaded group waits for its first turn. Returns how many
  // groups were evaluated. What other threads found out (evidence) is taken up here, too.
  std::size_t RunDue(std::int64_t now_ms);
  // Evaluates every group, due or not: for tests and `ecsward test rules`.
  void RunAll(std::int64_t now_ms);
  // Somebody set the machine's clock: every remembered time moves with it.
  void Shift(std::int64_t delta_ms);

  // What the history has to keep: of all rules, `query` in templates included where it is a
  // literal.
  std::vector<promql::HistoryNeed> Needs() const;

  std::vector<RuleAlert> Alerts() const;  // pending, firing, and lately resolved
  // Up to `count` of the firing ones, from the one at place `from` on: to go round them bit by bit.
  std::vector<RuleAlert> Firing(std::size_t from, std::size_t count) const;
  std::vector<RuleStatus> Statuses() const;
  RuleEngineFigures figures() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecsward
