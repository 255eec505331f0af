#include <gtest/gtest.h>

#include "tests/unit/rules/engine_world.h"

namespace ecsward {
namespace {

using Texts = std::vector<std::string>;

LabelPairs Up(std::string job) { return {{"__name__", "up"}, {"job", std::move(job)}}; }

LabelPairs AlertsSeries(std::string state) {
  return {{"__name__", "ALERTS"}, {"alertname", "Down"}, {"alertstate", std::move(state)}};
}

const LabelPairs kForState = {{"__name__", "ALERTS_FOR_STATE"}, {"alertname", "Down"}};

TEST(AlertingRule, GoesFromPendingToFiringToResolved) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0", 60)});
  world.Set("up", 0);
  world.Run(60);
  EXPECT_EQ(world.Alerts(), Texts{"Down pending"});
  world.Run(120);
  EXPECT_EQ(world.Alerts(), Texts{"Down firing"});
  world.Set("up", 1);
  world.Run(180);
  EXPECT_EQ(world.Alerts(), Texts{"Down inactive"});
  EXPECT_EQ(world.Changes(),
            (Texts{"Down inactive>pending", "Down pending>firing", "Down firing>inactive"}));
  world.Run(180 + 900);
  EXPECT_EQ(world.Alerts(), Texts{"Down inactive"});
  world.Run(180 + 901);
  EXPECT_EQ(world.Alerts(), Texts{});
}

TEST(AlertingRule, WithoutForIsToldOnce) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0")});
  world.Set("up", 0);
  world.Run(60);
  world.Run(120);
  EXPECT_EQ(world.Changes(), Texts{"Down inactive>firing"});
}

TEST(AlertingRule, ForgetsAPendingAlertAndSaysSo) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0", 300)});
  world.Set("up", 0);
  world.Run(60);
  world.Set("up", 1);
  world.Run(120);
  EXPECT_EQ(world.Alerts(), Texts{});
  EXPECT_EQ(world.Changes(), (Texts{"Down inactive>pending", "Down pending>inactive"}));
}

TEST(AlertingRule, WritesItsStateIntoTheHistory) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0", 60)});
  world.Set("up", 0);
  world.Run(60);
  EXPECT_EQ(world.At(AlertsSeries("pending"), 60), "1");
  EXPECT_EQ(world.At(kForState, 60), "60");
  world.Run(120);
  EXPECT_EQ(world.At(AlertsSeries("pending"), 120), "stale");
  EXPECT_EQ(world.At(AlertsSeries("firing"), 120), "1");
  EXPECT_EQ(world.At(kForState, 120), "60");
  world.Set("up", 1);
  world.Run(180);
  EXPECT_EQ(world.At(AlertsSeries("firing"), 180), "stale");
  EXPECT_EQ(world.At(kForState, 180), "stale");
  world.Run(240);
  EXPECT_EQ(world.At(AlertsSeries("firing"), 240), "none");
}

TEST(AlertingRule, LeavesItsSeriesAndAlertsWhenItFails) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "(up == 0) / on() other", 60)});
  world.Set("up", 0);
  world.Set("other", 1);
  world.Run(60);
  EXPECT_EQ(world.Alerts(), Texts{"Down pending"});
  world.Set({{"__name__", "other"}, {"a", "b"}}, 1);
  world.Run(120);
  EXPECT_NE(world.LastError(), "");
  EXPECT_EQ(world.engine.figures().failures, 1u);
  EXPECT_EQ(world.Alerts(), Texts{"Down pending"});
  EXPECT_EQ(world.At(AlertsSeries("pending"), 120), "none");
}

TEST(AlertingRule, LabelsAnAlertAsPrometheusDoes) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "up == 0");
  rule.labels = {{"host", "h-{{ $labels.job }}"}, {"job", ""}, {"severity", "page"}};
  rule.annotations = {{"empty", ""}, {"summary", "{{ $labels.job }} is {{ $value }}"}};
  world.Load({rule});
  world.Set(Up("node"), 0);
  world.Run(60);
  const auto alerts = world.engine.Alerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0].alert.labels,
            (LabelPairs{{"alertname", "Down"}, {"host", "h-node"}, {"severity", "page"}}));
  EXPECT_EQ(alerts[0].alert.annotations, (LabelPairs{{"empty", ""}, {"summary", "node is 0"}}));
  EXPECT_EQ(alerts[0].group_key, "rules.yml;g");
  EXPECT_EQ(alerts[0].rule, "Down");
}

TEST(AlertingRule, RenewsItsAnnotationsWithTheValue) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("High", "load > 1");
  rule.annotations = {{"summary", "{{ $value }}"}};
  world.Load({rule});
  world.Set("load", 2);
  world.Run(60);
  world.Set("load", 3);
  world.Run(120);
  EXPECT_EQ(world.engine.Alerts()[0].alert.annotations[0].value, "3");
  EXPECT_EQ(world.engine.Alerts()[0].alert.value, 3);
}

TEST(AlertingRule, RenewsWhatATemplateAsksTheHistory) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "up == 0");
  rule.annotations = {{"load", R"({{ with query "load" }}{{ . | first | value }}{{ end }})"}};
  world.Load({rule});
  world.Set("up", 0);
  world.Set("load", 1);
  world.Run(60);
  EXPECT_EQ(world.engine.Alerts()[0].alert.annotations[0].value, "1");
  world.Set("load", 2);
  world.Run(120);
  EXPECT_EQ(world.engine.Alerts()[0].alert.annotations[0].value, "2");
}

TEST(AlertingRule, ShowsATemplatesErrorAndKeepsTheAlert) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "up == 0");
  rule.annotations = {{"summary", "{{ nonsense }}"}};
  world.Load({rule});
  world.Set("up", 0);
  world.Run(60);
  ASSERT_EQ(world.Alerts(), Texts{"Down firing"});
  const std::string text = world.engine.Alerts()[0].alert.annotations[0].value;
  EXPECT_TRUE(text.starts_with("<error expanding template: ")) << text;
  EXPECT_TRUE(text.ends_with(">")) << text;
}

TEST(AlertingRule, WithALabelThatFollowsTheValueBeginsAnewWithEachValue) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("High", "load > 1", 60);
  rule.labels = {{"level", "{{ $value }}"}};
  world.Load({rule});
  world.Set("load", 2);
  world.Run(60);
  world.Set("load", 3);
  world.Run(120);
  EXPECT_EQ(world.Alerts(), Texts{"High{level=\"3\"} pending"});
  world.Run(180);
  EXPECT_EQ(world.Alerts(), Texts{"High{level=\"3\"} firing"});
}

TEST(AlertingRule, KeepsAnAlertThatAnotherSeriesGivesNow) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "up == 0", 60);
  rule.labels = {{"job", "any"}};
  world.Load({rule});
  world.Set(Up("a"), 0);
  world.Set(Up("b"), 1);
  world.Run(60);
  world.Set(Up("a"), 1);
  world.Set(Up("b"), 0);
  world.Run(120);
  EXPECT_EQ(world.Alerts(), Texts{"Down{job=\"any\"} firing"});
}

TEST(AlertingRule, WithTwoAlertsOfTheSameLabelsIsAnErrorAndChangesNothing) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "up == 0", 60);
  rule.labels = {{"job", "any"}};
  world.Load({rule});
  world.Set(Up("a"), 0);
  world.Run(60);
  world.Set(Up("b"), 0);
  world.Run(120);
  EXPECT_EQ(world.LastError(),
            "vector contains metrics with the same labelset after applying alert labels");
  EXPECT_EQ(world.Alerts(), Texts{"Down{job=\"any\"} pending"});
}

TEST(AlertingRule, OverTheLimitForgetsItsAlerts) {
  EngineWorld world;
  RuleGroup group = GroupOf("g", {AlertingRuleOf("Down", "up == 0")});
  group.limit = 1;
  world.engine.Load({group}, 0);
  world.Set(Up("a"), 0);
  world.Run(60);
  world.Set(Up("b"), 0);
  world.Run(120);
  EXPECT_EQ(world.LastError(), "exceeded limit of 1 with 2 alerts");
  EXPECT_EQ(world.Alerts(), Texts{});
  EXPECT_EQ(world.Changes(),
            (Texts{"Down{job=\"a\"} inactive>firing", "Down{job=\"a\"} firing>inactive"}));
  world.Set(Up("b"), 1);
  world.Run(180);
  EXPECT_EQ(world.Alerts(), Texts{"Down{job=\"a\"} firing"});
}

TEST(AlertingRule, KeepsFiringForAsLongAsAsked) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "up == 0");
  rule.keep_firing_for_ms = 120'000;
  world.Load({rule});
  world.Set("up", 0);
  world.Run(60);
  world.Set("up", 1);
  world.Run(120);
  world.Run(180);
  EXPECT_EQ(world.Alerts(), Texts{"Down firing"});
  EXPECT_EQ(world.At(AlertsSeries("firing"), 180), "1");
  world.Run(240);
  EXPECT_EQ(world.Alerts(), Texts{"Down inactive"});
  EXPECT_EQ(world.At(AlertsSeries("firing"), 240), "stale");
}

TEST(AlertingRule, OnAScalarHasNoSeriesLabels) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Always", "1")});
  world.Run(60);
  EXPECT_EQ(world.Alerts(), Texts{"Always firing"});
}

TEST(AlertingRule, ShowsOneLanguage) {
  RuleEngineOptions options;
  options.language = "zh";
  EngineWorld world(options);
  Rule rule = AlertingRuleOf("Down", "up == 0");
  rule.annotations = {{"summary", "down"}, {"summary_zh", "挂了"}};
  world.Load({rule});
  world.Set("up", 0);
  world.Run(60);
  EXPECT_EQ(world.engine.Alerts()[0].alert.annotations, (LabelPairs{{"summary", "挂了"}}));
}

TEST(AlertingRule, KeepsExternalLabelsOutOfTheAlert) {
  RuleEngineOptions options;
  options.external_labels = {{"region", "cn-hangzhou"}};
  options.external_url = "http://host";
  EngineWorld world(options);
  Rule rule = AlertingRuleOf("Down", "up == 0");
  rule.annotations = {{"where", "{{ $externalLabels.region }} {{ $externalURL }}"}};
  world.Load({rule});
  world.Set("up", 0);
  world.Run(60);
  const Alert alert = world.engine.Alerts()[0].alert;
  EXPECT_EQ(alert.labels, (LabelPairs{{"alertname", "Down"}}));
  EXPECT_EQ(alert.annotations[0].value, "cn-hangzhou http://host");
}

}  // namespace
}  // namespace ecsward
