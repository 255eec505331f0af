// Answers for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/promql/value.h"
#include "rules/rule_engine.h"

namespace ecsward {

// `node_load1{job="node"} => 0.5 @1700000000`, the arrows below each other.
std::string QueryText(const promql::Value& value, std::int64_t time_ms);
// The series, and below each one its samples.
std::string MatrixText(const promql::Matrix& matrix);
// A line for each alert, firing ones first, with its summary and evidence below.
std::string AlertsText(const std::vector<RuleAlert>& alerts, std::int64_t now_ms);

// What a terminal must not be sent becomes "?".
std::string ForTerminal(std::string_view text);

}  // namespace ecsward
