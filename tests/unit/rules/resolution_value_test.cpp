#include "rules/resolution_value.h"

#include <gtest/gtest.h>

#include "tests/unit/rules/engine_world.h"

namespace ecsward {
namespace {

TEST(WatchedExpression, IsTheSideThatGivesTheValues) {
  EXPECT_EQ(WatchedExpression("node_load1 > 4"), "node_load1");
  EXPECT_EQ(WatchedExpression("4 < node_load1"), "node_load1");
  EXPECT_EQ(WatchedExpression("a / b > on(x) c"), "a / b");
  EXPECT_EQ(WatchedExpression("(rate(a[5m]) > 1)"), "rate(a[5m])");
  EXPECT_EQ(WatchedExpression("a > 1 > 0.5"), "a");
}

TEST(WatchedExpression, IsTheFirstOfSeveralConditions) {
  EXPECT_EQ(WatchedExpression("(load > 4) and on() (up == 1)"), "load");
  EXPECT_EQ(WatchedExpression("load > 4 unless maintenance"), "load");
}

TEST(WatchedExpression, IsNothingWhereNothingOrMoreIsCompared) {
  EXPECT_EQ(WatchedExpression("absent(up)"), "");
  EXPECT_EQ(WatchedExpression("up"), "");
  EXPECT_EQ(WatchedExpression("a > 1 or b > 2"), "");
  EXPECT_EQ(WatchedExpression("up == bool 1"), "");
  EXPECT_EQ(WatchedExpression("vector(1) and"), "");
}

Rule WithSummary(Rule rule) {
  rule.annotations = {{"summary", "{{ $labels.dev }}: {{ $value }}"}};
  return rule;
}

LabelPairs Disk(std::string dev) { return {{"__name__", "free"}, {"dev", std::move(dev)}}; }

TEST(ResolvedAlert, CarriesTheValueAtResolution) {
  EngineWorld world;
  world.Load({WithSummary(AlertingRuleOf("Full", "free < 10"))});
  world.Set(Disk("vda"), 3);
  world.Set(Disk("vdb"), 5);
  world.Run(60);
  world.Set(Disk("vda"), 42);
  world.Run(120);
  const auto alerts = world.engine.Alerts();
  ASSERT_EQ(alerts.size(), 2u);
  for (const RuleAlert& of : alerts) {
    const bool resolved = Get(of.alert.labels, "dev") == "vda";
    EXPECT_EQ(of.alert.state, resolved ? AlertState::kInactive : AlertState::kFiring);
    EXPECT_EQ(of.alert.value, resolved ? 3 : 5);
    EXPECT_EQ(of.alert.value_at_resolution, resolved ? std::optional(42.0) : std::nullopt);
    EXPECT_EQ(Get(of.alert.annotations, "summary"), resolved ? "vda: 42" : "vdb: 5");
  }
}

TEST(ResolvedAlert, HasNoValueWhenItsSeriesIsGone) {
  EngineWorld world;
  world.Load({WithSummary(AlertingRuleOf("Full", "free < 10"))});
  world.Set(Disk("vda"), 3);
  world.Run(60);
  world.End(Disk("vda"));
  world.Run(120);
  const auto alerts = world.engine.Alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_FALSE(alerts.front().alert.value_at_resolution);
  EXPECT_EQ(Get(alerts.front().alert.annotations, "summary"), "vda: 3");
}

TEST(ResolvedAlert, FiresAgainWithoutTheOldValue) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Full", "free < 10")});
  world.Set(Disk("vda"), 3);
  world.Run(60);
  world.Set(Disk("vda"), 42);
  world.Run(120);
  world.Set(Disk("vda"), 4);
  world.Run(180);
  EXPECT_FALSE(world.engine.Alerts().front().alert.value_at_resolution);
}

TEST(ResolvedAlert, IsFoundAfterARestartByItsOwnLabels) {
  EngineWorld before;
  before.Load({AlertingRuleOf("Full", "free < 10")});
  before.Set(Disk("vda"), 3);
  before.Set(Disk("vdb"), 50);
  before.Run(60);
  EngineWorld world;
  world.Load({AlertingRuleOf("Full", "free < 10")});
  world.engine.Restore({60'000, before.engine.Alerts()}, 61'000);
  world.Set(Disk("vda"), 42);
  world.Set(Disk("vdb"), 50);
  world.Run(120);
  world.Run(180);
  ASSERT_EQ(world.Alerts(), std::vector<std::string>{"Full{dev=\"vda\"} inactive"});
  EXPECT_EQ(world.engine.Alerts().front().alert.value_at_resolution, 42);
}

}  // namespace
}  // namespace ecsward
