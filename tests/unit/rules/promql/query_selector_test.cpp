// Selectors: which sample of a series an instant sees, and which a range.
#include <gtest/gtest.h>

#include "rules/promql/parser.h"
#include "tests/unit/rules/promql/stored_series.h"

namespace ecsward::promql {
namespace {

TEST(Selector, SeesTheNewestSampleUpToItsMoment) {
  StoredSeries s;
  s.Load(R"(up{job="a"})", {1, 2, 3});
  EXPECT_EQ(s.At("up", 0), R"(up{job="a"} 1)");
  EXPECT_EQ(s.At("up", 119'999), R"(up{job="a"} 2)");
  EXPECT_EQ(s.At("up", 120'000), R"(up{job="a"} 3)");
  EXPECT_EQ(s.At("up", -1), "");
}

TEST(Selector, LooksBackFiveMinutesWithBothEnds) {
  StoredSeries s;
  s.Load("up", {1});
  EXPECT_EQ(s.At("up", 300'000), "up 1");
  EXPECT_EQ(s.At("up", 300'001), "");
  EXPECT_EQ(s.At("up", 60'001, {.lookback = std::chrono::minutes(1)}), "");
}

TEST(Selector, EndsAtAStaleMarkerAndBeginsAgain) {
  StoredSeries s;
  s.Load("up", {1, kStale, kNone, 4});
  EXPECT_EQ(s.At("up", 59'999), "up 1");
  EXPECT_EQ(s.At("up", 60'000), "");
  EXPECT_EQ(s.At("up", 180'000), "up 4");
  EXPECT_EQ(s.At("up[3m]", 180'000), "up 1@0 4@180");  // the marker is no sample
}

TEST(Selector, MatchesAllItsMatchers) {
  StoredSeries s;
  s.Load(R"(disk{device="sda",mode="r"})", {1});
  s.Load(R"(disk{device="sdb",mode="r"})", {2});
  s.Load(R"(disk{device="sdb"})", {3});
  EXPECT_EQ(s.At(R"(disk{device=~"sd[b-z]",mode=""})", 0), R"(disk{device="sdb"} 3)");
  EXPECT_EQ(s.At(R"(disk{device!="sdb"})", 0), R"(disk{device="sda", mode="r"} 1)");
  EXPECT_EQ(s.At(R"({__name__="disk",mode!~"r"})", 0), R"(disk{device="sdb"} 3)");
}

TEST(Selector, ShiftsByOffsetAndAt) {
  StoredSeries s;
  s.LoadRising("up", 1, 11);  // n at minute n
  EXPECT_EQ(s.At("up offset 3m", 600'000), "up 7");
  EXPECT_EQ(s.At("up offset -3m", 300'000), "up 8");
  EXPECT_EQ(s.At("up @ 120", 600'000), "up 2");
  EXPECT_EQ(s.At("up @ 240 offset 1m", 600'000), "up 3");
  EXPECT_EQ(s.At("up offset 1m @ 240", 600'000), "up 3");
  EXPECT_EQ(s.At("up @ end()", 600'000), "up 10");
  EXPECT_EQ(s.At("up[1m] @ 120", 600'000), "up 1@60 2@120");
}

TEST(Selector, RangeIncludesBothEnds) {
  StoredSeries s;
  s.LoadRising("up", 1, 11);
  EXPECT_EQ(s.At("up[2m]", 600'000), "up 8@480 9@540 10@600");
  EXPECT_EQ(s.At("up[2m] offset 1m", 600'000), "up 7@420 8@480 9@540");
}

TEST(Selector, TimestampIsTheSamplesOwn) {
  StoredSeries s;
  s.Load(R"(up{job="a"})", {1});
  EXPECT_EQ(s.At("timestamp(up)", 90'000), R"({job="a"} 0)");
  EXPECT_EQ(s.At("timestamp((up offset 1m))", 90'000), R"({job="a"} 0)");
  EXPECT_EQ(s.At("timestamp(up + 0)", 90'000), R"({job="a"} 90)");
}

TEST(Selector, FollowsSeriesThatComeAndGo) {
  StoredSeries s;
  s.Load(R"(up{job="a"})", {1, 1});
  Query query(Parse("sum(up)").value(), s.history());
  EXPECT_EQ(ToText(**query.At(60'000)), "{} 1");
  s.Load(R"(up{job="b"})", {5, 5});
  EXPECT_EQ(ToText(**query.At(60'000)), "{} 6");
  s.history().Drop(s.history().Open(s.Make(R"(up{job="a"})")));
  EXPECT_EQ(ToText(**query.At(60'000)), "{} 5");
  s.Load(R"(up{job="c"})", {7, 7});  // gets the place of the one that went
  EXPECT_EQ(ToText(**query.At(60'000)), "{} 12");
}

TEST(Between, EvaluatesStepByStep) {
  StoredSeries s;
  s.LoadRising(R"(up{job="a"})", 1, 5);
  s.Load(R"(up{job="b"})", {kNone, 10, kStale});
  EXPECT_EQ(s.Between("up", 0, 150'000, 60'000),
            R"(up{job="a"} 0@0 1@60 2@120; up{job="b"} 10@60)");
  EXPECT_EQ(s.Between("up @ start() + 1", 60'000, 120'000, 60'000),
            R"({job="a"} 2@60 2@120; {job="b"} 11@60 11@120)");
  EXPECT_EQ(s.Between(R"(up{job="a"} - up{job="a"} @ end())", 60'000, 120'000, 60'000),
            R"({job="a"} -1@60 0@120)");
  EXPECT_EQ(s.Between("time()", 0, 60'000, 60'000), "{} 0@0 60@60");
}

TEST(Between, HasBounds) {
  StoredSeries s;
  EXPECT_EQ(s.Between("1", 0, 10, 0), "error: want a step of more than zero");
  EXPECT_EQ(s.Between("1", 10, 0, 1), "error: end timestamp must not be before start time");
  EXPECT_EQ(
      s.Between("1", 0, 11'001, 1),
      "error: exceeded maximum resolution of 11,000 points per timeseries; want a larger step");
  EXPECT_EQ(s.Between("up[5m]", 0, 10, 1),
            "error: invalid expression type \"range vector\" for range query, must be Scalar or "
            "instant Vector");
}

}  // namespace
}  // namespace ecsward::promql
