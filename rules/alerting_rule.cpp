#include "rules/alerting_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "rules/localized.h"
#include "rules/resolution_value.h"

namespace ecsward {
namespace {

constexpr std::string_view kAlertsMetric = "ALERTS";
constexpr std::string_view kForStateMetric = "ALERTS_FOR_STATE";

bool SameBits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// Whole seconds since 1970, as ALERTS_FOR_STATE has them.
double Seconds(std::int64_t ms) {
  const std::int64_t whole = ms / 1000;
  return static_cast<double>(whole);
}

}  // namespace

// Alerts stay where they are in memory. Those of one rule are found by the series that gave them,
// and by their own labels when another series gives the same alert.
struct AlertingRule::Table {
  std::vector<std::unique_ptr<Active>> alerts;
  std::unordered_map<const void*, Active*> by_source, by_labels;
  std::vector<RuleSeries> ending;  // get their stale marker at the next evaluation that succeeds

  static Active* Find(const std::unordered_map<const void*, Active*>& map, const Labels& labels) {
    const auto it = map.find(labels.identity());
    return it == map.end() ? nullptr : it->second;
  }

  Active& Add(const Labels& labels, LabelPairs pairs) {
    auto& added = *alerts.emplace_back(std::make_unique<Active>());
    added.labels = labels;
    added.alert.labels = std::move(pairs);
    by_labels[labels.identity()] = &added;
    return added;
  }

  void SetSource(Active& active, const Labels& source) {
    const auto it = by_source.find(active.source.identity());
    if (it != by_source.end() && it->second == &active) by_source.erase(it);
    active.source = source;
    by_source[source.identity()] = &active;
  }

  void Remove(const Active& gone) {
    const auto it = by_source.find(gone.source.identity());
    if (it != by_source.end() && it->second == &gone) by_source.erase(it);
    by_labels.erase(gone.labels.identity());
  }
};

AlertingRule::AlertingRule(Rule rule, std::string rule_text, const std::string& group_key,
                           RuleSurroundings& world)
    : LiveRule(std::move(rule), std::move(rule_text), world),
      group_key_(group_key),
      times_{rule_.for_ms, rule_.keep_firing_for_ms, world.options.resolved_retention_ms},
      templates_(rule_, Localized(rule_.annotations, world.options.language)) {
  ReadEvidenceWish();
}

AlertingRule::~AlertingRule() = default;

void AlertingRule::ReadEvidenceWish() {
  evidence_.clear();
  evidence_problem_.clear();
  auto kinds = EvidenceKindsOf(rule_.labels, rule_.annotations);
  if (kinds) {
    evidence_ = std::move(*kinds);
  } else {
    evidence_problem_ = std::move(kinds).error().message;
  }
}

void AlertingRule::Renew(Rule rule) {
  LiveRule::Renew(std::move(rule));
  templates_ = AlertTemplates(rule_, Localized(rule_.annotations, world_.options.language));
  ReadEvidenceWish();
  if (table_ == nullptr) return;
  for (const auto& active : table_->alerts) active->texts_are_fresh = false;
}

AlertTemplates::World AlertingRule::TemplateWorld(std::int64_t now_ms) const {
  return {world_.options.external_labels, world_.options.external_url, world_.queries, now_ms};
}

AlertingRule::Incoming AlertingRule::Prepare(const promql::VectorSample& sample,
                                             std::int64_t now_ms) const {
  Incoming in;
  in.source = sample.labels;
  in.value = sample.value;
  const Active* known = table_ == nullptr ? nullptr : Table::Find(table_->by_source, sample.labels);
  if (known != nullptr && known->texts_are_fresh && SameBits(known->alert.value, sample.value) &&
      !templates_.asks_history()) {
    in.labels = known->labels;
    in.fresh = true;
    return in;
  }
  const AlertTemplates::World world = TemplateWorld(now_ms);
  if (known != nullptr && templates_.labels_are_plain()) {
    in.labels = known->labels;
    in.annotations = templates_.Annotations(sample.labels, sample.value, world);
    return in;
  }
  AlertTemplates::Texts texts = templates_.Expand(sample.labels, sample.value, world);
  in.labels = world_.history.label_table().Make(texts.labels);
  in.label_pairs = std::move(texts.labels);
  in.annotations = std::move(texts.annotations);
  return in;
}

bool AlertingRule::HasTwins(const std::vector<Incoming>& incoming) {
  if (incoming.size() < 2) return false;
  std::vector<const void*> seen;
  seen.reserve(incoming.size());
  for (const Incoming& in : incoming) seen.push_back(in.labels.identity());
  std::sort(seen.begin(), seen.end());
  return std::adjacent_find(seen.begin(), seen.end()) != seen.end();
}

void AlertingRule::Take(Incoming incoming) {
  Active* active = Table::Find(table_->by_labels, incoming.labels);
  if (active == nullptr) active = &table_->Add(incoming.labels, std::move(incoming.label_pairs));
  if (Table::Find(table_->by_source, incoming.source) != active) {
    table_->SetSource(*active, incoming.source);
  }
  active->returned = true;
  active->alert.value = incoming.value;
  if (!incoming.fresh) active->alert.annotations = std::move(incoming.annotations);
  active->texts_are_fresh = true;
}

std::size_t AlertingRule::StepAll(std::int64_t now_ms) {
  std::size_t active_count = 0;
  for (const auto& active : table_->alerts) {
    // The first evaluation after a restart decides nothing, as in Prometheus: a rate has too few
    // samples yet, and what another group records may not be there.
    const bool wait = std::exchange(active->restored, false) && !active->returned;
    const bool visible = wait || Step(active->alert, active->returned, now_ms, times_);
    active->returned = false;
    if (active->alert.state != AlertState::kInactive) {
      ++active_count;
    } else {
      active->over = !visible;
    }
  }
  return active_count;
}

void AlertingRule::FinishResolved(const EvaluationTime& at) {
  for (const auto& active : table_->alerts) {
    Alert& alert = active->alert;
    if (alert.state != AlertState::kInactive || active->told != AlertState::kFiring) continue;
    const auto now = SampleNow(rule_.expr_text, active->source, alert.labels, world_.history,
                               world_.options.query, at.query_ms);
    if (!now) continue;
    alert.value_at_resolution = now->value;
    const Labels& labels = active->source.empty() ? now->labels : active->source;
    alert.annotations = templates_.Annotations(labels, now->value, TemplateWorld(at.now_ms));
    active->texts_are_fresh = false;
  }
  templates_.ForgetParsed();
}

void AlertingRule::ForgetAll(std::int64_t now_ms) {
  for (const auto& active : table_->alerts) {
    active->alert.state = AlertState::kInactive;
    active->alert.resolved_at_ms = now_ms;
    EndSeries(*active);
    if (active->told != AlertState::kInactive) Tell(*active, false);
  }
  table_->alerts.clear();
  table_->by_labels.clear();
  table_->by_source.clear();
}

void AlertingRule::EndSeries(Active& active) {
  if (active.written == AlertState::kInactive) return;
  table_->ending.push_back(std::move(active.alerts_series));
  table_->ending.push_back(std::move(active.for_series));
  active.written = AlertState::kInactive;
}

std::string_view AlertingRule::WriteAlert(Active& active, std::int64_t time_ms) {
  if (active.written != active.alert.state) {
    LabelTable& table = world_.history.label_table();
    // As Prometheus does: the rule's labels as they stand in the file, the alert's over them.
    LabelPairs labels = rule_.labels;
    for (const LabelPair& pair : active.alert.labels) Set(labels, pair.name, pair.value);
    if (active.written == AlertState::kInactive) {
      active.for_series = RuleSeries(WithLabels({}, kForStateMetric, labels, table));
    } else {
      table_->ending.push_back(std::move(active.alerts_series));
    }
    Set(labels, "alertstate", ToString(active.alert.state));
    active.alerts_series = RuleSeries(WithLabels({}, kAlertsMetric, labels, table));
    active.written = active.alert.state;
  }
  const auto refused = active.alerts_series.Write(world_.history, {time_ms, 1});
  const auto also =
      active.for_series.Write(world_.history, {time_ms, Seconds(active.alert.active_at_ms)});
  return refused.empty() ? also : refused;
}

std::string_view AlertingRule::WriteSeries(const EvaluationTime& at) {
  std::string_view refused;
  for (const auto& active : table_->alerts) {
    if (active->alert.state == AlertState::kInactive) {
      EndSeries(*active);
    } else if (const auto why = WriteAlert(*active, at.query_ms); !why.empty()) {
      refused = why;
    }
  }
  for (RuleSeries& series : table_->ending) series.End(world_.history, at.query_ms);
  table_->ending.clear();
  return refused;
}

RuleAlert AlertingRule::Shown(const Active& active) const {
  RuleAlert shown{group_key_, rule_.alert, text_, active.alert};
  if (shown.alert.evidence.empty()) return shown;
  LabelPairs& annotations = shown.alert.annotations;
  const bool taken = std::any_of(annotations.begin(), annotations.end(),
                                 [](const LabelPair& pair) { return pair.name == "evidence"; });
  if (!taken) Set(annotations, "evidence", Summary(shown.alert.evidence));
  return shown;
}

void AlertingRule::Tell(Active& active, bool evidence) {
  const AlertState before = std::exchange(active.told, active.alert.state);
  if (world_.told) {
    world_.told({before, std::make_shared<const RuleAlert>(Shown(active)), evidence});
  }
}

void AlertingRule::TellChanges() {
  for (const auto& active : table_->alerts) {
    if (active->told == active->alert.state) continue;
    if (active->alert.state == AlertState::kPending) {
      for (const EvidenceKind kind : evidence_) world_.evidence.Expect(kind);
    } else if (active->alert.state == AlertState::kFiring && !evidence_.empty()) {
      active->ticket = ++world_.last_ticket;
      for (const EvidenceKind kind : evidence_) {
        world_.evidence.Ask({kind, active->alert.active_at_ms}, active->ticket);
      }
    }
    Tell(*active, false);
  }
  std::erase_if(table_->alerts, [this](const std::unique_ptr<Active>& active) {
    if (active->over) table_->Remove(*active);
    return active->over;
  });
}

Result<void> AlertingRule::Evaluate(const EvaluationTime& at) {
  promql::Vector scratch;
  const auto result = Run(at.query_ms, scratch);
  if (!result) return Error(result.error());
  const promql::Vector& vector = **result;
  if (vector.empty() && table_ == nullptr) return {};

  std::vector<Incoming> incoming;
  incoming.reserve(vector.size());
  for (const promql::VectorSample& sample : vector) {
    incoming.push_back(Prepare(sample, at.now_ms));
  }
  templates_.ForgetParsed();
  if (HasTwins(incoming)) {
    return Fail(ErrorCode::kInvalidArgument,
                "vector contains metrics with the same labelset after applying alert labels");
  }

  if (table_ == nullptr) table_ = std::make_unique<Table>();
  for (Incoming& in : incoming) Take(std::move(in));
  const std::size_t active = StepAll(at.slot_ms);
  if (at.limit > 0 && active > static_cast<std::size_t>(at.limit)) {
    ForgetAll(at.slot_ms);
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("exceeded limit of {} with {} alerts", at.limit, active));
  }
  FinishResolved(at);
  const std::string_view refused = WriteSeries(at);
  TellChanges();
  if (table_->alerts.empty()) table_.reset();
  if (!refused.empty()) return Fail(ErrorCode::kInvalidArgument, std::string(refused));
  return {};
}

bool AlertingRule::Restore(const Alert& saved, std::int64_t saved_ms, std::int64_t now_ms) {
  Alert alert = saved;
  if (!StepOverOutage(alert, saved_ms, now_ms, world_.options.grace_period_ms, times_)) {
    return false;
  }
  if (table_ == nullptr) table_ = std::make_unique<Table>();
  const Labels labels = world_.history.label_table().Make(alert.labels);
  if (Table::Find(table_->by_labels, labels) != nullptr) return true;
  Active& active = table_->Add(labels, alert.labels);
  active.alert = std::move(alert);
  active.told = active.alert.state;
  active.restored = true;
  return true;
}

std::vector<RuleAlert> AlertingRule::Resolve(std::int64_t now_ms) {
  std::vector<RuleAlert> fired;
  if (table_ == nullptr) return fired;
  for (const auto& active : table_->alerts) {
    const AlertState before = active->alert.state;
    if (before != AlertState::kInactive) {
      active->alert.state = AlertState::kInactive;
      active->alert.resolved_at_ms = now_ms;
      Tell(*active, false);
    }
    if (before != AlertState::kPending) fired.push_back(Shown(*active));
  }
  return fired;
}

std::vector<RuleSeries> AlertingRule::GiveUpSeries() {
  if (table_ == nullptr) return {};
  for (const auto& active : table_->alerts) EndSeries(*active);
  return std::move(table_->ending);
}

void AlertingRule::Shift(std::int64_t delta_ms) {
  if (table_ == nullptr) return;
  for (const auto& active : table_->alerts) ecsward::Shift(active->alert, delta_ms);
}

bool AlertingRule::TakeEvidence(const EvidenceDesk::Answer& answer) {
  if (table_ == nullptr) return false;
  for (const auto& active : table_->alerts) {
    if (active->ticket != answer.first) continue;
    std::vector<Evidence>& all = active->alert.evidence;
    std::erase_if(all, [&](const Evidence& old) { return old.kind == answer.second.kind; });
    all.push_back(answer.second);
    Tell(*active, true);
    return true;
  }
  return false;
}

void AlertingRule::Collect(std::vector<RuleAlert>& out) const {
  if (table_ == nullptr) return;
  for (const auto& active : table_->alerts) out.push_back(Shown(*active));
}

void AlertingRule::CollectFiring(std::size_t& skip, std::size_t count,
                                 std::vector<RuleAlert>& out) const {
  if (table_ == nullptr) return;
  for (const auto& active : table_->alerts) {
    if (out.size() >= count) return;
    if (active->alert.state != AlertState::kFiring) continue;
    if (skip > 0) {
      --skip;
    } else {
      out.push_back(Shown(*active));
    }
  }
}

void AlertingRule::Count(std::size_t& pending, std::size_t& firing) const {
  if (table_ == nullptr) return;
  for (const auto& active : table_->alerts) {
    pending += active->alert.state == AlertState::kPending ? 1U : 0U;
    firing += active->alert.state == AlertState::kFiring ? 1U : 0U;
  }
}

}  // namespace ecsward
