// The pieces of Prometheus's text format: how a number prints, how a label value is escaped, how a
// series begins. Whole pages are made in exporters/.
// source: https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "metrics/metric.h"

namespace ecsward {

// The longest text of FormatValue: "-2.2250738585072014e-308" and a little room.
inline constexpr std::size_t kMaxValueText = 32;

// Writes `value` as Prometheus does (Go's %g with the shortest digits that read back the same):
// 0 → "0", 123456 → "123456", 1e6 → "1e+06", 0.25 → "0.25", "+Inf", "-Inf", "NaN".
// `out` has room for kMaxValueText. Returns the length.
std::size_t FormatValue(double value, char* out);

// Whether every byte belongs to a character (RFC 3629).
bool IsUtf8(std::string_view text);

// Appends a label value with newline, quote and backslash escaped. A byte that is not UTF-8 becomes
// U+FFFD: Prometheus refuses a whole scrape for one bad byte.
void AppendLabelValue(std::string_view value, std::string& out);

// Appends help text: backslash and newline escaped, bad bytes as above.
void AppendHelp(std::string_view help, std::string& out);

// Appends `name{a="b",c="d"} `; without labels `name `.
void AppendSeriesPrefix(const Metric& metric, std::span<const std::string_view> label_values,
                        std::string& out);

}  // namespace ecsward
