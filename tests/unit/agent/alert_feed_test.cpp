#include "agent/alert_feed.h"

#include <gtest/gtest.h>

#include "exporters/notify/rule_alert.h"

namespace ecsward {
namespace {

RuleAlert Firing() {
  RuleAlert rule;
  rule.rule = "DiskFull";
  rule.rule_text = "alert: DiskFull\nexpr: free < 10\nfor: 5m\nlabel severity: warning\n";
  rule.alert.labels = {{"alertname", "DiskFull"}, {"region", "here"}};
  rule.alert.annotations = {{"summary", "full"}};
  rule.alert.state = AlertState::kFiring;
  rule.alert.value = 3;
  rule.alert.fired_at_ms = 1'000;
  return rule;
}

TEST(FromRule, AddsExternalLabelsThatTheAlertHasNot) {
  const auto told = notify::FromRule(Firing(), {{"region", "there"}, {"zone", "b"}}, "");
  EXPECT_EQ(told.labels,
            (LabelPairs{{"alertname", "DiskFull"}, {"region", "here"}, {"zone", "b"}}));
  EXPECT_EQ(told.starts_at_ms, 1'000);
  EXPECT_EQ(told.ends_at_ms, 0);
  EXPECT_EQ(told.value, 3);
  EXPECT_EQ(told.generator_url, "");
}

TEST(FromRule, LinksToTheExpressionWhereThereIsAnAddress) {
  EXPECT_EQ(notify::FromRule(Firing(), {}, "http://host:9101").generator_url,
            "http://host:9101/graph?g0.expr=free%20%3C%2010&g0.tab=1");
}

TEST(FromRule, TellsTheValueOfTheResolution) {
  RuleAlert rule = Firing();
  rule.alert.state = AlertState::kInactive;
  rule.alert.resolved_at_ms = 9'000;
  rule.alert.value_at_resolution = 42;
  EXPECT_EQ(notify::FromRule(rule, {}, "").value, 42);
  EXPECT_EQ(notify::FromRule(rule, {}, "").ends_at_ms, 9'000);
  rule.alert.value_at_resolution.reset();
  EXPECT_NE(notify::FromRule(rule, {}, "").value, notify::FromRule(rule, {}, "").value);  // NaN
}

}  // namespace
}  // namespace ecsward
