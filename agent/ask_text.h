// Answers for people.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/history.h"
#include "rules/promql/value.h"
#include "rules/rule_engine.h"

namespace ecsward {

// `node_load1{job="node"} => 0.5 @1700000000`, the arrows below each other.
std::string QueryText(const promql::Value& value, std::int64_t time_ms);
// The series, and below each one its samples.
std::string MatrixText(const promql::Matrix& matrix);
// A line for each alert, firing ones first, with its summary and evidence below.
std::string AlertsText(const std::vector<RuleAlert>& alerts, std::int64_t now_ms);

// Why an expression with these needs may have found nothing, in a line for stderr; "" when the
// series are there and it is the expression that leaves none.
//   "no series matches node_laod1{}"
//   "of node_forks_total only the newest sample is there: history is kept of what a rule reads"
std::string NothingFound(const History& history, std::span<const HistoryNeed> needs,
                         std::chrono::milliseconds lookback);

// What a terminal must not be sent becomes "?".
std::string ForTerminal(std::string_view text);

// Columns that a text takes: characters of UTF-8, which is near enough.
std::size_t Width(std::string_view text);
std::string Padded(const std::string& text, std::size_t width);
// Columns as wide as their widest text, two blanks between them.
using Row = std::vector<std::string>;
std::string Table(const std::vector<Row>& rows);
// How long ago, in whole seconds: "3m12s".
std::string Ago(std::int64_t now_ms, std::int64_t then_ms);

}  // namespace ecsward
