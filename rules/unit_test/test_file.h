// The YAML of rule unit tests → plain structs, every problem at once.
// source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/labels.h"

namespace ecsward {

struct InputSeries {
  std::string series, values;
};

struct ExpectedAlert {
  LabelPairs labels, annotations;  // by name, empty values included
};

struct AlertCase {
  std::int64_t eval_time_ms = 0;
  std::string alertname;
  std::vector<ExpectedAlert> alerts;
};

struct ExpectedSample {
  std::string labels;  // as written: `up{job="node"}`
  double value = 0;
};

struct ExprCase {
  std::string expr;
  std::int64_t eval_time_ms = 0;
  std::vector<ExpectedSample> samples;
};

struct UnitTest {
  std::string name;
  std::int64_t interval_ms = 0;  // between the values of the input
  std::vector<InputSeries> input;
  std::vector<AlertCase> alert_cases;
  std::vector<ExprCase> expr_cases;
  LabelPairs external_labels;
  std::string external_url;
};

struct UnitTestFile {
  std::vector<std::string> rule_files;  // as written
  std::int64_t evaluation_interval_ms = 60'000;
  std::vector<std::string> group_eval_order;
  std::vector<UnitTest> tests;
  std::vector<std::string> problems;  // "line 3: unknown key …"; any: the file must not be used
};

UnitTestFile ParseUnitTestFile(std::string_view yaml);

}  // namespace ecsward
