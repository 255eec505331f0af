// Prometheus rule files: YAML → plain structs, every problem at once with its place.
// source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/labels.h"
#include "rules/promql/ast.h"

namespace ecsward {

struct Rule {
  std::string record, alert;  // exactly one of them
  std::string expr_text;
  std::shared_ptr<const promql::Expr> expr;  // parsed; queries parse their own copy from expr_text
  std::int64_t for_ms = 0, keep_firing_for_ms = 0;
  // Values are templates in alerting rules' annotations and labels. The group's labels are among
  // the labels; one with an empty value takes that label away from what the expression gives.
  LabelPairs labels, annotations;
  int line = 0, column = 0;  // of the rule, from 1
  const std::string& name() const { return alert.empty() ? record : alert; }
};

struct RuleGroup {
  std::string file, name;
  std::int64_t interval_ms = 0;  // 0: the evaluation interval
  std::int64_t limit = 0;        // series or alerts a rule may give; 0: no limit
  std::optional<std::int64_t> query_offset_ms;
  std::vector<Rule> rules;
};

struct RuleFileProblem {
  std::string file;
  int line = 0, column = 0;  // 0 where nobody knows
  std::string group;         // may be empty
  int rule_number = 0;       // from 1; 0 when it is not about a rule
  std::string rule;
  std::string message;
  // `rules.yml:12:9: group "disk", rule 3, "DiskFull": could not parse expression: 1:4: …`
  std::string ToString() const;
};

struct RuleFile {
  std::vector<RuleGroup> groups;
  std::vector<RuleFileProblem> problems;  // any: the file must not be used; in the file's order
  std::vector<RuleFileProblem> warnings;  // the file works: the same rule twice
};

// `file` is only for the messages. Accepts and refuses what `promtool check rules` of Prometheus
// 2.42 does (annotations' and labels' templates are parsed too), and the later keys
// keep_firing_for, query_offset and a group's labels. Refuses what would cost too much memory, and
// a second YAML document, which Prometheus leaves out without a word. Never throws.
RuleFile ParseRuleFile(std::string_view yaml, std::string file);

}  // namespace ecsward
