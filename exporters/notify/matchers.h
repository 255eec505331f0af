// Alertmanager's text form of matchers: `severity="critical"`, `team=~"web|db"`, `{a="b", c!="d"}`,
// unquoted values allowed.
// source: https://prometheus.io/docs/alerting/latest/configuration/#matcher (the classic parser of
// 0.25)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/label_matcher.h"

namespace ecsward::notify {

// One or several, with or without braces. errors: kInvalidArgument saying where
Result<std::vector<LabelMatcher>> ParseMatchers(std::string_view text);
// `{a="b",c!="d"}`, sorted by name: what group keys have in them.
std::string ToText(const std::vector<LabelMatcher>& matchers);

}  // namespace ecsward::notify
