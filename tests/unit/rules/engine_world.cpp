#include "tests/unit/rules/engine_world.h"

#include <fmt/format.h>

#include "metrics/series_set.h"

namespace ecsward {
namespace {

std::string NameOf(const Alert& alert) {
  LabelPairs labels = alert.labels;
  Set(labels, kMetricName, Get(alert.labels, "alertname"));
  Set(labels, "alertname", "");
  return ToSeriesText(labels);
}

}  // namespace

EngineWorld::EngineWorld(RuleEngineOptions options, EvidenceSource* evidence)
    : engine(history, std::move(options), evidence) {
  engine.OnChange([this](const AlertChange& change) {
    changes_.push_back(fmt::format("{} {}>{}{}", NameOf(change.now->alert), ToString(change.before),
                                   ToString(change.now->alert.state),
                                   change.evidence ? " evidence" : ""));
  });
}

void EngineWorld::Set(const LabelPairs& series, double value) {
  for (auto& [labels_of, old] : series_) {
    if (labels_of == series) {
      old = value;
      return;
    }
  }
  series_.emplace_back(series, value);
}

void EngineWorld::End(const LabelPairs& series) { Set(series, StaleValue()); }

void EngineWorld::Load(std::vector<Rule> rules, std::int64_t at_s) {
  engine.Load({GroupOf("g", std::move(rules))}, at_s * 1000);
}

void EngineWorld::Run(std::int64_t at_s) {
  for (const auto& [labels_of, value] : series_) {
    history.Append(history.Open(labels.Make(labels_of)), {at_s * 1000, value});
  }
  std::erase_if(series_, [](const auto& one) { return IsStale(one.second); });
  engine.RunAll(at_s * 1000);
}

std::vector<std::string> EngineWorld::Alerts() const {
  std::vector<std::string> out;
  for (const RuleAlert& alert : engine.Alerts()) {
    out.push_back(fmt::format("{} {}", NameOf(alert.alert), ToString(alert.alert.state)));
  }
  return out;
}

std::string EngineWorld::At(const LabelPairs& series, std::int64_t at_s) const {
  std::vector<LabelMatcher> matchers;
  for (const LabelPair& pair : series) {
    matchers.push_back(*LabelMatcher::Make(MatchType::kEqual, pair.name, pair.value));
  }
  std::vector<History::Id> ids;
  history.Select(matchers, ids);
  Sample sample;
  for (const History::Id id : ids) {
    if (history.At(id, at_s * 1000, at_s * 1000, sample)) return fmt::format("{}", sample.value);
    History::Cursor cursor = history.From(id, at_s * 1000);
    if (cursor.Next(sample) && sample.time_ms == at_s * 1000) return "stale";
  }
  return "none";
}

Rule AlertingRuleOf(std::string name, std::string expr, std::int64_t for_s) {
  Rule rule;
  rule.alert = std::move(name);
  rule.expr_text = std::move(expr);
  rule.for_ms = for_s * 1000;
  return rule;
}

Rule RecordingRuleOf(std::string name, std::string expr) {
  Rule rule;
  rule.record = std::move(name);
  rule.expr_text = std::move(expr);
  return rule;
}

RuleGroup GroupOf(std::string name, std::vector<Rule> rules, std::int64_t interval_s) {
  RuleGroup group;
  group.file = "rules.yml";
  group.name = std::move(name);
  group.interval_ms = interval_s * 1000;
  group.rules = std::move(rules);
  return group;
}

}  // namespace ecsward
