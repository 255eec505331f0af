// What a metric is: name, help, type, label names. A plain constant that lives as long as the
// program (or as the MetricSet that made it), so a series can point to it.
//
//   constexpr Metric kCpuSeconds{"node_cpu_seconds_total", "Seconds the CPUs spent in each mode.",
//                                MetricType::kCounter, "cpu,mode"};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ecsward {

enum class MetricType : std::uint8_t { kCounter, kGauge, kUntyped, kHistogram, kSummary };

// "counter", "gauge", …, as in a "# TYPE" line of the text format.
std::string_view ToString(MetricType type);

struct Metric {
  std::string_view name;  // the sample's name
  std::string_view help;
  MetricType type = MetricType::kUntyped;
  std::string_view labels = {};  // label names, separated by commas: "cpu,mode"
  // The name of the HELP and TYPE lines where it is not the sample's: "x" for "x_bucket".
  std::string_view family_name = {};

  constexpr std::string_view family() const { return family_name.empty() ? name : family_name; }
};

// 0 for "", 2 for "cpu,mode".
constexpr std::size_t LabelCount(std::string_view labels) {
  if (labels.empty()) return 0;
  std::size_t count = 1;
  for (const char c : labels) count += c == ',' ? 1 : 0;
  return count;
}

}  // namespace ecsward
