// What a client has to know of the daemon to evaluate as the daemon does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/config.h"
#include "base/result.h"
#include "metrics/labels.h"
#include "rules/rule_engine.h"

namespace ecsward {

struct DaemonSettings {
  std::int64_t now_ms = 0;  // rule time of the last tick
  RuleEngineOptions rules;
  LabelPairs target_labels;
};

// `now_ms` stays 0.
DaemonSettings SettingsFrom(const AlertingConfig& alerting, std::string_view hostname);

std::string ToText(const DaemonSettings& settings);
// Missing fields keep their defaults. errors: kParse
Result<DaemonSettings> ParseSettings(std::string_view text);

// Alerts and rules on the wire; ParseAlerts reads back what ToText writes.
std::string ToText(const std::vector<RuleAlert>& alerts);
Result<std::vector<RuleAlert>> ParseAlerts(std::string_view text);
std::string ToText(const std::vector<RuleStatus>& rules);

}  // namespace ecsward
