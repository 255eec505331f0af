// One test of a rule unit test file: its series, its rules, its cases.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rules/rule_file.h"
#include "rules/unit_test/test_file.h"

namespace ecsward {

// Evaluates all groups, in this order, at 0, at each interval, up to the last case's time. Gives
// what went wrong, in promtool's layout; nothing when all cases hold.
std::vector<std::string> RunUnitTest(const UnitTest& test, const std::vector<RuleGroup>& groups,
                                     std::int64_t evaluation_interval_ms);

}  // namespace ecsward
