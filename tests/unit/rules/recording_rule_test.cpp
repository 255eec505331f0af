#include <gtest/gtest.h>

#include "metrics/series_set.h"
#include "rules/rule_series.h"
#include "tests/unit/rules/engine_world.h"

namespace ecsward {
namespace {

const LabelPairs kDoubled = {{"__name__", "doubled"}};

TEST(RecordingRule, IsSeenByTheNextRuleAtTheSameTime) {
  EngineWorld world;
  world.Load({RecordingRuleOf("doubled", "up * 2"), RecordingRuleOf("more", "doubled + 1")});
  world.Set("up", 3);
  world.Run(60);
  EXPECT_EQ(world.At(kDoubled, 60), "6");
  EXPECT_EQ(world.At({{"__name__", "more"}}, 60), "7");
}

TEST(RecordingRule, PutsItsLabelsOverTheSeries) {
  EngineWorld world;
  Rule rule = RecordingRuleOf("copy", "up");
  rule.labels = {{"job", "mine"}, {"zone", "a"}};
  world.Load({rule});
  world.Set({{"__name__", "up"}, {"host", "h"}, {"job", "theirs"}}, 1);
  world.Run(60);
  EXPECT_EQ(world.At({{"__name__", "copy"}, {"host", "h"}, {"job", "mine"}, {"zone", "a"}}, 60),
            "1");
}

TEST(RecordingRule, OfAScalarHasNoLabels) {
  EngineWorld world;
  world.Load({RecordingRuleOf("one", "1")});
  world.Run(60);
  EXPECT_EQ(world.At({{"__name__", "one"}}, 60), "1");
}

TEST(RecordingRule, EndsASeriesThatIsNoLongerGiven) {
  EngineWorld world;
  world.Load({RecordingRuleOf("doubled", "up * 2 > 0")});
  world.Set("up", 3);
  world.Run(60);
  world.Set("up", -3);
  world.Run(120);
  EXPECT_EQ(world.At(kDoubled, 120), "stale");
  world.Run(180);
  EXPECT_EQ(world.At(kDoubled, 180), "none");
  world.Set("up", 4);
  world.Run(240);
  EXPECT_EQ(world.At(kDoubled, 240), "8");
}

TEST(RecordingRule, OfTwoSeriesWithOneLabelSetIsAnError) {
  EngineWorld world;
  Rule rule = RecordingRuleOf("copy", "up");
  rule.labels = {{"job", "x"}};
  world.Load({rule});
  world.Set({{"__name__", "up"}, {"job", "a"}}, 1);
  world.Run(60);
  EXPECT_EQ(world.LastError(), "");
  world.Set({{"__name__", "up"}, {"job", "b"}}, 1);
  world.Run(120);
  EXPECT_EQ(world.LastError(),
            "vector contains metrics with the same labelset after applying rule labels");
  EXPECT_EQ(world.At({{"__name__", "copy"}}, 120), "none");  // neither a sample nor a marker
}

TEST(RecordingRule, OverTheLimitWritesNothing) {
  EngineWorld world;
  RuleGroup group = GroupOf("g", {RecordingRuleOf("copy", "up")});
  group.limit = 1;
  world.engine.Load({group}, 0);
  world.Set({{"__name__", "up"}, {"job", "a"}}, 1);
  world.Set({{"__name__", "up"}, {"job", "b"}}, 1);
  world.Run(60);
  EXPECT_EQ(world.LastError(), "exceeded limit of 1 with 2 series");
  EXPECT_EQ(world.At({{"__name__", "copy"}}, 60), "none");
}

TEST(RecordingRule, ThatAnotherOneContradictsIsAnError) {
  EngineWorld world;
  world.Load({RecordingRuleOf("doubled", "up * 3"), RecordingRuleOf("doubled", "up * 2")});
  world.Set("up", 1);
  world.Run(60);
  const auto statuses = world.engine.Statuses();
  EXPECT_TRUE(statuses[0].healthy);
  EXPECT_EQ(statuses[1].last_error, "duplicate sample for timestamp");
  world.Set("up", 0);  // 0 twice is no contradiction
  world.Run(120);
  EXPECT_TRUE(world.engine.Statuses()[1].healthy);
}

TEST(RecordingRule, LooksBackByTheQueryOffset) {
  EngineWorld world;
  RuleGroup group = GroupOf("g", {RecordingRuleOf("doubled", "up * 2")});
  group.query_offset_ms = 60'000;
  world.engine.Load({group}, 0);
  world.Set("up", 1);
  world.Run(60);
  world.Set("up", 5);
  world.Run(120);
  EXPECT_EQ(world.At(kDoubled, 60), "2");
  EXPECT_EQ(world.At(kDoubled, 120), "none");
}

TEST(RecordingRule, OfAStringIsAnError) {
  EngineWorld world;
  world.Load({RecordingRuleOf("text", "\"a\"")});
  world.Run(60);
  EXPECT_EQ(world.LastError(), "rule result is not a vector or scalar");
}

TEST(RecordingRule, SurvivesThatTheHistoryDropsItsSeries) {
  EngineWorld world;
  world.Load({RecordingRuleOf("doubled", "up * 2")});
  world.Set("up", 3);
  world.Run(60);
  std::vector<History::Id> ids;
  world.history.Select(std::vector{*LabelMatcher::Make(MatchType::kEqual, "__name__", "doubled")},
                       ids);
  ASSERT_EQ(ids.size(), 1u);
  world.history.Drop(ids[0]);
  world.history.Open(world.labels.Make(LabelPairs{{"__name__", "other"}}));
  world.Run(120);
  EXPECT_EQ(world.At(kDoubled, 120), "6");
  EXPECT_EQ(world.At({{"__name__", "other"}}, 120), "none");
}

TEST(RuleSeries, EndsOnlyWhatIsThere) {
  LabelTable labels;
  History history(labels);
  RuleSeries series(labels.Make(LabelPairs{{"__name__", "job:load"}}));
  series.End(history, 1000);
  EXPECT_EQ(history.series_count(), 0u);
  EXPECT_EQ(series.Write(history, {2000, 1}), "");
  series.End(history, 3000);
  Sample last;
  EXPECT_TRUE(history.From(0, 3000).Next(last));
  EXPECT_TRUE(IsStale(last.value));
}

}  // namespace
}  // namespace ecsward
