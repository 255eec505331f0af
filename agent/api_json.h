// The answers of Prometheus's HTTP API, as `--json` prints them.
// source: https://prometheus.io/docs/prometheus/latest/querying/api/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/promql/value.h"
#include "rules/rule_engine.h"

namespace ecsward {

// "0.25", "100000000000000000000", "1e+21", "+Inf".
std::string ApiNumber(double value);
// Seconds with three decimals, or none: "1700000000.500", "1700000000".
std::string ApiTime(std::int64_t time_ms);
// "2025-03-01T12:00:00.5Z"
std::string Rfc3339(std::int64_t time_ms);

// /api/v1/query
std::string ApiQuery(const promql::Value& value, std::int64_t time_ms);
// /api/v1/query_range
std::string ApiQueryRange(const promql::Matrix& matrix);
// /api/v1/alerts, and in each alert what ecsward knows besides: "evidence".
std::string ApiAlerts(const std::vector<RuleAlert>& alerts);
// The same envelope around what is JSON already: {"status": "success", "data": …}.
std::string ApiData(std::string_view data);
// `type` is "bad_data", "execution", "internal".
std::string ApiError(std::string_view type, std::string_view message);

}  // namespace ecsward
