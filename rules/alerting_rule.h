// An alerting rule at work.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/alert_step.h"
#include "rules/live_rule.h"

namespace ecsward {

// As long as the expression gives nothing, the rule owns no alerts' table and evaluating it is the
// query and two comparisons. An alert's texts are expanded again only when its value changed, or
// when a template asks the history.
class AlertingRule final : public LiveRule {
 public:
  // `group_key` is "file;group".
  AlertingRule(Rule rule, std::string rule_text, const std::string& group_key,
               RuleSurroundings& world);
  ~AlertingRule() override;

  Result<void> Evaluate(const EvaluationTime& at) override;
  void Renew(Rule rule) override;
  std::vector<RuleSeries> GiveUpSeries() override;
  void Shift(std::int64_t delta_ms) override;

  // An alert from before a restart. False: its timer begins anew, nothing is kept.
  bool Restore(const Alert& saved, std::int64_t saved_ms, std::int64_t now_ms);
  // The rule is gone: every alert is inactive from now on. Gives those that had fired.
  std::vector<RuleAlert> Resolve(std::int64_t now_ms);
  // Whose ticket it is takes it; false: nobody.
  bool TakeEvidence(const EvidenceDesk::Answer& answer);

  void Collect(std::vector<RuleAlert>& out) const;
  // Of the firing ones: leaves `skip` out, then takes until `out` has `count`. `skip` is counted
  // down.
  void CollectFiring(std::size_t& skip, std::size_t count, std::vector<RuleAlert>& out) const;
  void Count(std::size_t& pending, std::size_t& firing) const;
  // "" or what is wrong with the rule's wish for evidence.
  const std::string& evidence_problem() const { return evidence_problem_; }

 private:
  struct Active {
    Labels source;  // the result's series that last gave this alert
    Labels labels;  // the alert's; what identifies it
    Alert alert;
    AlertState told = AlertState::kInactive;
    bool texts_are_fresh = false;                // made for alert.value
    bool returned = false;                       // in this evaluation
    bool over = false;                           // nobody needs it any longer
    bool restored = false;                       // and not evaluated since
    std::uint64_t ticket = 0;                    // of the evidence asked for
    AlertState written = AlertState::kInactive;  // the state that alerts_series has; inactive: none
    RuleSeries alerts_series, for_series;        // ALERTS, ALERTS_FOR_STATE
  };
  // A series of the result and what becomes of it. Made before anything is changed, since a result
  // that is wrong must leave all alerts as they are.
  struct Incoming {
    Labels source;
    Labels labels;
    double value = 0;
    bool fresh = false;  // the alert's texts stand
    LabelPairs label_pairs, annotations;
  };
  struct Table;

  Incoming Prepare(const promql::VectorSample& sample, std::int64_t now_ms) const;
  static bool HasTwins(const std::vector<Incoming>& incoming);
  void Take(Incoming incoming);
  // Steps every alert, ends what is over. Gives the number of pending and firing ones.
  std::size_t StepAll(std::int64_t now_ms);
  void ForgetAll(std::int64_t now_ms);
  // The values and texts of those that were resolved just now, as they are now.
  void FinishResolved(const EvaluationTime& at);
  // "" or why a sample was refused.
  std::string_view WriteSeries(const EvaluationTime& at);
  std::string_view WriteAlert(Active& active, std::int64_t time_ms);
  void EndSeries(Active& active);
  void TellChanges();
  void Tell(Active& active, bool evidence);
  RuleAlert Shown(const Active& active) const;
  AlertTemplates::World TemplateWorld(std::int64_t now_ms) const;
  void ReadEvidenceWish();

  const std::string group_key_;
  AlertTimes times_;
  AlertTemplates templates_;
  std::vector<EvidenceKind> evidence_;
  std::string evidence_problem_;
  std::unique_ptr<Table> table_;  // null: no alert, and no series to end
};

}  // namespace ecsward
