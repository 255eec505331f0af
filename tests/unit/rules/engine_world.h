// A rule engine over a history that a test fills by hand. Times are seconds.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/history.h"
#include "rules/rule_engine.h"

namespace ecsward {

class EngineWorld {
 public:
  explicit EngineWorld(RuleEngineOptions options = {}, EvidenceSource* evidence = nullptr);

  // `up` or `up{job="node"}` has this value from now on: written at each Run.
  void Set(const LabelPairs& series, double value);
  void Set(std::string_view metric, double value) {
    Set(LabelPairs{{std::string(kMetricName), std::string(metric)}}, value);
  }
  // Ends the series with a stale marker at the next Run.
  void End(const LabelPairs& series);

  void Load(std::vector<Rule> rules, std::int64_t at_s = 0);
  // Writes what is set and evaluates everything.
  void Run(std::int64_t at_s);

  // `DiskFull firing`, in the engine's order, with the alert's labels but for its name when it has
  // others: `DiskFull{device="vda"} pending`.
  std::vector<std::string> Alerts() const;
  // What changed since the last call: `DiskFull inactive>pending`.
  std::vector<std::string> Changes() { return std::exchange(changes_, {}); }
  // The newest sample of the series at this time, "none" or "stale".
  std::string At(const LabelPairs& series, std::int64_t at_s) const;
  std::string LastError() const { return engine.Statuses().front().last_error; }

  LabelTable labels;
  History history{labels};
  RuleEngine engine;

 private:
  std::vector<std::pair<LabelPairs, double>> series_;
  std::vector<std::string> changes_;
};

Rule AlertingRuleOf(std::string name, std::string expr, std::int64_t for_s = 0);
Rule RecordingRuleOf(std::string name, std::string expr);
RuleGroup GroupOf(std::string name, std::vector<Rule> rules, std::int64_t interval_s = 0);

}  // namespace ecsward
