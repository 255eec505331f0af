// What a rule unit test says about a failure, laid out as promtool does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/labels.h"

namespace ecsward {

struct FiringAlert {
  LabelPairs labels, annotations;
  friend bool operator==(const FiringAlert&, const FiringAlert&) = default;
};

struct ValuedSeries {
  LabelPairs labels;
  double value = 0;
};

// Prometheus's order.
void Sort(std::vector<FiringAlert>& alerts);
void Sort(std::vector<ValuedSeries>& samples);
// Labels and values are the same; NaN is never the same as anything, as with promtool.
bool Same(const std::vector<ValuedSeries>& a, const std::vector<ValuedSeries>& b);

// {a="b"}, values in Go's quotes.
std::string QuotedLabels(const LabelPairs& labels);
// `[`, each alert with its number and two lines, `]`; "[]" for none.
std::string Listed(const std::vector<FiringAlert>& alerts);
// `{a="b"} 1E+00, {} 2.5E-01`; "nil" for none.
std::string Listed(const std::vector<ValuedSeries>& samples);
// 90000 → "1m30s", 500 → "500ms", 3600000 → "1h0m0s": as Go prints a time span.
std::string GoDuration(std::int64_t ms);

std::string AlertFailure(std::string_view test, std::string_view alertname, std::int64_t time_ms,
                         const std::vector<FiringAlert>& expected,
                         const std::vector<FiringAlert>& got);
std::string ExprFailure(std::string_view expr, std::int64_t time_ms,
                        const std::vector<ValuedSeries>& expected,
                        const std::vector<ValuedSeries>& got);
std::string ExprError(std::string_view expr, std::int64_t time_ms, std::string_view error);

}  // namespace ecsward
