// A rule at work: its query, what it remembers between evaluations, what it has written.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/history.h"
#include "rules/alert_templates.h"
#include "rules/evidence_request.h"
#include "rules/promql/query.h"
#include "rules/rule_engine.h"
#include "rules/rule_file.h"
#include "rules/rule_series.h"

namespace ecsward {

// What all rules of an engine work with; outlives them.
struct RuleSurroundings {
  History& history;
  const RuleEngineOptions options;
  TemplateQueries queries;
  EvidenceDesk evidence;
  std::function<void(const AlertChange&)> told;
  std::uint64_t last_ticket = 0;  // of alerts, for evidence
};

// One evaluation of a group.
struct EvaluationTime {
  std::int64_t now_ms = 0;
  // Where now stands on the group's grid: a whole number of intervals after the evaluation before,
  // however late either was. `for` is measured by it: ten minutes are forty times 15 s, not 41.
  std::int64_t slot_ms = 0;
  std::int64_t query_ms = 0;  // now without the group's query_offset; written samples have it
  std::int64_t limit = 0;
};

class LiveRule {
 public:
  LiveRule(Rule rule, std::string rule_text, RuleSurroundings& world);
  virtual ~LiveRule() = default;
  LiveRule(const LiveRule&) = delete;
  LiveRule& operator=(const LiveRule&) = delete;

  // errors: what Prometheus shows as the rule's last error
  virtual Result<void> Evaluate(const EvaluationTime& at) = 0;
  // The same rule, read again: only what does not identify it may differ (annotations).
  virtual void Renew(Rule rule);
  // The rule is gone: gives its series up for somebody to end them.
  virtual std::vector<RuleSeries> GiveUpSeries() = 0;
  virtual void Shift(std::int64_t /*delta_ms*/) {}

  const Rule& rule() const { return rule_; }
  // What must be the same for it to be the same rule.
  const std::string& text() const { return text_; }

  // How the last evaluation went.
  std::string last_error;
  std::int64_t evaluated_at_ms = 0;
  std::chrono::nanoseconds took{0};

 protected:
  // errors: kInvalidArgument; the expression did not parse or its evaluation failed
  Result<const promql::Vector*> Run(std::int64_t time_ms, promql::Vector& scratch);

  Rule rule_;
  const std::string text_;
  RuleSurroundings& world_;

 private:
  std::unique_ptr<promql::Query> query_;  // null when the expression does not parse
};

// `alert: X`, `expr: …`, `for: …`, labels: one line each.
std::string RuleText(const Rule& rule);

}  // namespace ecsward
