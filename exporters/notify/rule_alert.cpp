#include "exporters/notify/rule_alert.h"

#include <limits>
#include <string_view>

#include "base/net.h"

namespace ecsward::notify {
namespace {

// The line `expr: …` of what makes a rule the same rule.
std::string_view ExpressionOf(std::string_view rule_text) {
  constexpr std::string_view kKey = "expr: ";
  const auto begin = rule_text.find(kKey);
  if (begin == std::string_view::npos) return {};
  rule_text.remove_prefix(begin + kKey.size());
  for (const std::string_view next : {"\nfor: ", "\nkeep_firing_for: ", "\nlabel "}) {
    rule_text = rule_text.substr(0, rule_text.find(next));
  }
  if (rule_text.ends_with('\n')) rule_text.remove_suffix(1);
  return rule_text;
}

}  // namespace

NotifiedAlert FromRule(const RuleAlert& rule, const LabelPairs& external_labels,
                       const std::string& external_url) {
  const Alert& from = rule.alert;
  NotifiedAlert alert;
  alert.labels = from.labels;
  for (const LabelPair& label : external_labels) {
    if (Get(alert.labels, label.name).empty()) Set(alert.labels, label.name, label.value);
  }
  alert.annotations = from.annotations;
  alert.starts_at_ms = from.fired_at_ms;
  alert.value = from.value;
  if (from.state == AlertState::kInactive) {
    alert.ends_at_ms = from.resolved_at_ms;
    alert.value = from.value_at_resolution.value_or(std::numeric_limits<double>::quiet_NaN());
  }
  alert.evidence = from.evidence;
  if (!external_url.empty()) {
    alert.generator_url = external_url +
                          "/graph?g0.expr=" + PercentEncode(ExpressionOf(rule.rule_text)) +
                          "&g0.tab=1";
  }
  return alert;
}

}  // namespace ecsward::notify
