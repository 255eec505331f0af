// Alerts as the rest of the agent sees them: plain values, made by a rule group and read by the
// state database, the control socket, the notifier.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/evidence.h"
#include "metrics/labels.h"

namespace ecsward {

enum class AlertState : std::uint8_t { kInactive, kPending, kFiring };
std::string_view ToString(AlertState state);  // "inactive", "pending", "firing"

// Times are milliseconds since 1970; 0 is "never".
struct Alert {
  LabelPairs labels;       // alertname, the rule's, the series', without external labels
  LabelPairs annotations;  // expanded
  AlertState state = AlertState::kInactive;
  double value = 0;  // at the last evaluation that returned it
  // Of a resolved one: what its expression compared had come to. Nothing where that is not known.
  std::optional<double> value_at_resolution;
  std::int64_t active_at_ms = 0;    // since when the condition holds: `for` counts from here
  std::int64_t fired_at_ms = 0;     // startsAt of a notification
  std::int64_t resolved_at_ms = 0;  // inactive and kept for a while, so that people are told
  std::int64_t keep_firing_since_ms = 0;
  std::vector<Evidence> evidence;  // who was responsible, when the rule asks for it
};

// An alert and the rule it comes from, by which it is found again after a restart or reload.
struct RuleAlert {
  std::string group_key;  // file;group
  std::string rule;       // alertname
  std::string rule_text;  // the expression and what else makes a rule the same rule (its `for`, …)
  Alert alert;
};

}  // namespace ecsward
