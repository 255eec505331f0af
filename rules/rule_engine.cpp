#include "rules/rule_engine.h"

#include <algorithm>
#include <map>

#include "rules/alert_templates.h"
#include "rules/alerting_rule.h"
#include "rules/live_group.h"
#include "rules/promql/parser.h"
#include "rules/template/template.h"

namespace ecsward {

class RuleEngine::Impl {
 public:
  Impl(History& history, const RuleEngineOptions& options, EvidenceSource* evidence)
      : world_{history,
               options,
               TemplateQueries(history, options.query),
               EvidenceDesk(evidence),
               {}} {}

  void Load(std::vector<RuleGroup> groups, std::int64_t now_ms);
  void Restore(const SavedAlerts& saved, std::int64_t now_ms);
  void OnChange(std::function<void(const AlertChange&)> told) { world_.told = std::move(told); }
  std::size_t RunDue(std::int64_t now_ms);
  void RunAll(std::int64_t now_ms);
  void Shift(std::int64_t delta_ms);
  std::vector<promql::HistoryNeed> Needs() const;
  std::vector<RuleAlert> Alerts() const;
  std::vector<RuleAlert> Firing(std::size_t from, std::size_t count) const;
  std::vector<RuleStatus> Statuses() const;
  RuleEngineFigures figures() const;

 private:
  template <class Visit>
  void ForEachAlertingRule(Visit visit) const {
    for (const auto& group : groups_) {
      for (const auto& rule : group->rules()) {
        if (!rule->rule().alert.empty()) visit(static_cast<AlertingRule&>(*rule));
      }
    }
  }
  void Begin(std::int64_t now_ms);
  AlertingRule* FindRule(const RuleAlert& alert) const;
  void GiveUp(const RuleAlert& alert, std::int64_t now_ms);
  void AddNeeds(std::string_view expr, std::int64_t offset_ms,
                std::vector<promql::HistoryNeed>& out) const;

  RuleSurroundings world_;
  std::vector<std::unique_ptr<LiveGroup>> groups_;  // in the order of the files
  std::vector<RuleAlert> retired_;                  // resolved, of rules that are gone
  RuleEngineFigures counted_;
};

void RuleEngine::Impl::Load(std::vector<RuleGroup> groups, std::int64_t now_ms) {
  std::map<std::string, std::unique_ptr<LiveGroup>> before;
  for (auto& group : groups_) before.emplace(group->key(), std::move(group));
  groups_.clear();
  world_.queries.Forget();
  for (RuleGroup& group : groups) {
    const auto it = before.find(LiveGroup::KeyOf(group));
    LiveGroup* const old = it == before.end() ? nullptr : it->second.get();
    groups_.push_back(std::make_unique<LiveGroup>(std::move(group), old, now_ms, world_));
    if (old == nullptr) continue;
    std::ranges::move(old->Retire(now_ms), std::back_inserter(retired_));
    groups_.back()->AdoptEnding(*old);
    before.erase(it);
  }
  for (auto& [key, gone] : before) {
    std::ranges::move(gone->Retire(now_ms), std::back_inserter(retired_));
    gone->EndSeries(now_ms);
  }
}

AlertingRule* RuleEngine::Impl::FindRule(const RuleAlert& alert) const {
  for (const auto& group : groups_) {
    if (group->key() != alert.group_key) continue;
    for (const auto& rule : group->rules()) {
      if (rule->rule().alert == alert.rule && rule->text() == alert.rule_text) {
        return static_cast<AlertingRule*>(rule.get());
      }
    }
  }
  return nullptr;
}

void RuleEngine::Impl::GiveUp(const RuleAlert& alert, std::int64_t now_ms) {
  if (alert.alert.state == AlertState::kInactive) return;
  RuleAlert now = alert;
  now.alert.state = AlertState::kInactive;
  now.alert.resolved_at_ms = now_ms;
  if (alert.alert.state == AlertState::kFiring) retired_.push_back(now);
  if (world_.told) {
    world_.told({alert.alert.state, std::make_shared<const RuleAlert>(std::move(now))});
  }
}

void RuleEngine::Impl::Restore(const SavedAlerts& saved, std::int64_t now_ms) {
  // A clock that was set back while the agent was away counts as no time at all.
  const std::int64_t saved_ms = std::min(saved.evaluated_at_ms, now_ms);
  const bool too_old = now_ms - saved_ms > world_.options.outage_tolerance_ms;
  for (RuleAlert alert : saved.alerts) {
    if (alert.alert.state == AlertState::kInactive) continue;
    ecsward::Shift(alert.alert, saved_ms - saved.evaluated_at_ms);
    AlertingRule* const rule = too_old ? nullptr : FindRule(alert);
    if (rule == nullptr || !rule->Restore(alert.alert, saved_ms, now_ms)) GiveUp(alert, now_ms);
  }
}

void RuleEngine::Impl::Begin(std::int64_t now_ms) {
  for (const EvidenceDesk::Answer& answer : world_.evidence.Take()) {
    bool taken = false;
    ForEachAlertingRule([&](AlertingRule& rule) { taken = taken || rule.TakeEvidence(answer); });
  }
  if (retired_.empty()) return;
  std::erase_if(retired_, [&](const RuleAlert& alert) {
    return now_ms - alert.alert.resolved_at_ms > world_.options.resolved_retention_ms;
  });
}

std::size_t RuleEngine::Impl::RunDue(std::int64_t now_ms) {
  Begin(now_ms);
  std::size_t evaluated = 0;
  for (const auto& group : groups_) {
    if (!group->schedule().Due(now_ms)) continue;
    counted_.missed += group->schedule().Ran(now_ms);
    group->Evaluate(now_ms, group->schedule().last_slot_ms(), counted_);
    ++evaluated;
  }
  return evaluated;
}

void RuleEngine::Impl::RunAll(std::int64_t now_ms) {
  Begin(now_ms);
  for (const auto& group : groups_) group->Evaluate(now_ms, now_ms, counted_);
}

void RuleEngine::Impl::Shift(std::int64_t delta_ms) {
  for (const auto& group : groups_) group->Shift(delta_ms);
  for (RuleAlert& alert : retired_) ecsward::Shift(alert.alert, delta_ms);
}

void RuleEngine::Impl::AddNeeds(std::string_view expr, std::int64_t offset_ms,
                                std::vector<promql::HistoryNeed>& out) const {
  const auto parsed = promql::Parse(expr);
  if (!parsed) return;  // its evaluation will say so
  for (auto& need : promql::HistoryNeeds(**parsed, world_.options.query.lookback)) {
    need.keep += std::chrono::milliseconds(std::max<std::int64_t>(offset_ms, 0));
    out.push_back(std::move(need));
  }
}

std::vector<promql::HistoryNeed> RuleEngine::Impl::Needs() const {
  std::vector<promql::HistoryNeed> out;
  for (const auto& group : groups_) {
    for (const auto& live : group->rules()) {
      const Rule& rule = live->rule();
      AddNeeds(rule.expr_text, group->query_offset_ms(), out);
      if (rule.alert.empty()) continue;
      for (const LabelPairs* pairs : {&rule.labels, &rule.annotations}) {
        for (const LabelPair& pair : *pairs) {
          for (const std::string& expr : LiteralQueries(pair.value)) AddNeeds(expr, 0, out);
        }
      }
    }
  }
  return out;
}

std::vector<RuleAlert> RuleEngine::Impl::Alerts() const {
  std::vector<RuleAlert> out;
  ForEachAlertingRule([&](const AlertingRule& rule) { rule.Collect(out); });
  out.insert(out.end(), retired_.begin(), retired_.end());
  return out;
}

std::vector<RuleAlert> RuleEngine::Impl::Firing(std::size_t from, std::size_t count) const {
  std::vector<RuleAlert> out;
  ForEachAlertingRule([&](const AlertingRule& rule) { rule.CollectFiring(from, count, out); });
  return out;
}

std::vector<RuleStatus> RuleEngine::Impl::Statuses() const {
  std::vector<RuleStatus> out;
  for (const auto& group : groups_) {
    for (const auto& live : group->rules()) {
      RuleStatus status;
      status.file = group->file();
      status.group = group->name();
      status.rule = live->rule().name();
      status.alerting = !live->rule().alert.empty();
      status.last_error = live->last_error;
      if (status.alerting && status.last_error.empty()) {
        status.last_error = static_cast<const AlertingRule&>(*live).evidence_problem();
      }
      status.healthy = status.last_error.empty();
      status.evaluated_at_ms = live->evaluated_at_ms;
      status.took = live->took;
      out.push_back(std::move(status));
    }
  }
  return out;
}

RuleEngineFigures RuleEngine::Impl::figures() const {
  RuleEngineFigures figures = counted_;
  figures.groups = groups_.size();
  for (const auto& group : groups_) figures.rules += group->rules().size();
  ForEachAlertingRule(
      [&](const AlertingRule& rule) { rule.Count(figures.pending, figures.firing); });
  return figures;
}

RuleEngine::RuleEngine(History& history, const RuleEngineOptions& options, EvidenceSource* evidence)
    : impl_(std::make_unique<Impl>(history, options, evidence)) {}

RuleEngine::~RuleEngine() = default;

void RuleEngine::Load(std::vector<RuleGroup> groups, std::int64_t now_ms) {
  impl_->Load(std::move(groups), now_ms);
}

void RuleEngine::Restore(const SavedAlerts& saved, std::int64_t now_ms) {
  impl_->Restore(saved, now_ms);
}

void RuleEngine::OnChange(std::function<void(const AlertChange&)> told) {
  impl_->OnChange(std::move(told));
}

std::size_t RuleEngine::RunDue(std::int64_t now_ms) { return impl_->RunDue(now_ms); }

void RuleEngine::RunAll(std::int64_t now_ms) { impl_->RunAll(now_ms); }

void RuleEngine::Shift(std::int64_t delta_ms) { impl_->Shift(delta_ms); }

std::vector<promql::HistoryNeed> RuleEngine::Needs() const { return impl_->Needs(); }

std::vector<RuleAlert> RuleEngine::Alerts() const { return impl_->Alerts(); }

std::vector<RuleAlert> RuleEngine::Firing(std::size_t from, std::size_t count) const {
  return impl_->Firing(from, count);
}

std::vector<RuleStatus> RuleEngine::Statuses() const { return impl_->Statuses(); }

RuleEngineFigures RuleEngine::figures() const { return impl_->figures(); }

}  // namespace ecsward
