#include "rules/live_rule.h"

#include <fmt/format.h>

#include "rules/promql/duration.h"
#include "rules/promql/parser.h"

namespace ecsward {

LiveRule::LiveRule(Rule rule, std::string rule_text, RuleSurroundings& world)
    : rule_(std::move(rule)), text_(std::move(rule_text)), world_(world) {
  rule_.expr.reset();  // a tree and its compiled regular expressions: the query's own are enough
  if (auto expr = promql::Parse(rule_.expr_text)) {
    query_ =
        std::make_unique<promql::Query>(std::move(*expr), world_.history, world_.options.query);
  }
}

void LiveRule::Renew(Rule rule) {
  rule_ = std::move(rule);
  rule_.expr.reset();
}

Result<const promql::Vector*> LiveRule::Run(std::int64_t time_ms, promql::Vector& scratch) {
  if (query_ != nullptr) return InstantVector(*query_, time_ms, scratch);
  const auto expr = promql::Parse(rule_.expr_text);
  return Fail(ErrorCode::kInvalidArgument,
              expr ? "expression became valid" : expr.error().ToString());
}

std::string RuleText(const Rule& rule) {
  std::string text = rule.alert.empty() ? "record: " : "alert: ";
  text += rule.name() + "\nexpr: " + rule.expr_text + "\n";
  if (rule.for_ms != 0) text += fmt::format("for: {}\n", promql::FormatDuration(rule.for_ms));
  if (rule.keep_firing_for_ms != 0) {
    text += fmt::format("keep_firing_for: {}\n", promql::FormatDuration(rule.keep_firing_for_ms));
  }
  for (const LabelPair& label : rule.labels) {
    text += fmt::format("label {}: {}\n", label.name, label.value);
  }
  return text;
}

}  // namespace ecsward
