#include "metrics/labels.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

TEST(Labels, OfTheSamePairsAreTheSameHandle) {
  LabelTable table;
  const Labels a = table.Make(LabelPairs{{"__name__", "up"}, {"job", "node"}});
  const Labels b = table.Make(LabelPairs{{"__name__", "up"}, {"job", "node"}});
  EXPECT_EQ(a, b);
  EXPECT_EQ(table.size(), 1u);
  EXPECT_FALSE(a == table.Make(LabelPairs{{"__name__", "up"}}));
}

TEST(Labels, AreForgottenWithTheirLastHandle) {
  LabelTable table;
  {
    const Labels a = table.Make(LabelPairs{{"a", "1"}});
    Labels b = a;
    b = table.Make(LabelPairs{{"a", "2"}});
    EXPECT_EQ(table.size(), 2u);
  }
  EXPECT_EQ(table.size(), 0u);
}

TEST(Labels, KeepEachNameWithItsValue) {
  LabelTable table;
  const LabelPairs pairs = {{"__name__", "x"}, {"device", "vda"}, {"mode", ""}};
  const Labels labels = table.Make(Normalized(pairs));
  ASSERT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels[1].name, "device");
  EXPECT_EQ(labels.Get("device"), "vda");
  EXPECT_EQ(labels.Get("mode"), "");  // empty is the same as not there
  EXPECT_EQ(labels.pairs(), (LabelPairs{{"__name__", "x"}, {"device", "vda"}}));
}

TEST(Labels, DoNotMixUpNameAndValue) {
  LabelTable table;
  EXPECT_FALSE(table.Make(LabelPairs{{"ab", "c"}}) == table.Make(LabelPairs{{"a", "bc"}}));
}

TEST(Labels, OrderAsPrometheusDoes) {
  LabelTable table;
  const Labels shorter = table.Make(LabelPairs{{"a", "1"}});
  const Labels longer = table.Make(LabelPairs{{"a", "1"}, {"b", "1"}});
  const Labels other = table.Make(LabelPairs{{"a", "2"}});
  EXPECT_TRUE(Labels::Compare(shorter, longer) < 0);
  EXPECT_TRUE(Labels::Compare(longer, other) < 0);
  EXPECT_TRUE(Labels::Compare(Labels(), shorter) < 0);
}

TEST(LabelPairs, NormalizedSortsAndTakesTheLaterOfTwo) {
  EXPECT_EQ(Normalized({{"b", "1"}, {"a", ""}, {"b", "2"}}), (LabelPairs{{"b", "2"}}));
}

TEST(LabelPairs, SetKeepsTheOrder) {
  LabelPairs pairs = {{"a", "1"}, {"c", "1"}};
  Set(pairs, "b", "1");
  Set(pairs, "c", "2");
  Set(pairs, "a", "");
  EXPECT_EQ(pairs, (LabelPairs{{"b", "1"}, {"c", "2"}}));
}

TEST(LabelPairs, PrintAsPrometheusDoes) {
  const LabelPairs pairs = {{"__name__", "up"}, {"a", "x\"y"}};
  EXPECT_EQ(ToString(pairs), R"({__name__="up", a="x\"y"})");
  EXPECT_EQ(ToSeriesText(pairs), R"(up{a="x\"y"})");
  EXPECT_EQ(ToSeriesText({{"__name__", "up"}}), "up");
  EXPECT_EQ(ToSeriesText({}), "{}");
}

TEST(LabelNames, AreThoseOfPrometheus) {
  EXPECT_TRUE(IsLabelName("_a1"));
  EXPECT_FALSE(IsLabelName("1a"));
  EXPECT_FALSE(IsLabelName("a:b"));
  EXPECT_FALSE(IsLabelName(""));
  EXPECT_TRUE(IsMetricName("a:b"));
}

}  // namespace
}  // namespace ecsward
