// Rule unit tests: exactly the files that `promtool test rules` accepts.
// source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
#pragma once

#include <string>
#include <vector>

namespace ecsward {

struct UnitTestReport {
  bool passed = true;
  std::string text;  // what promtool prints for this file: "SUCCESS", or FAILED with got and exp
};

// Reads and runs one test file; rule files are named relative to it.
UnitTestReport RunUnitTestFile(const std::string& path);

}  // namespace ecsward
