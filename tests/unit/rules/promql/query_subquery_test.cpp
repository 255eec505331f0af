// Subqueries: their steps, and what is kept of them from one evaluation to the next.
#include <gtest/gtest.h>

#include "rules/promql/parser.h"
#include "tests/unit/rules/promql/stored_series.h"

namespace ecsward::promql {
namespace {

TEST(Subquery, StepsAreMultiplesOfTheStep) {
  StoredSeries s;
  s.LoadRising("up", 1, 61, 10'000);                       // n at 10 n seconds
  EXPECT_EQ(s.At("up[1m:30s]", 100'000), "up 6@60 9@90");  // from 40 on
  EXPECT_EQ(s.At("up[1m:30s]", 120'000), "up 6@60 9@90 12@120");
  EXPECT_EQ(s.At("up[1m:30s] offset 10s", 130'000), "up 6@60 9@90 12@120");
  EXPECT_EQ(s.At("up[2m:]", 125'000), "up 6@60 12@120");  // the default, a minute
  EXPECT_EQ(s.At("up[1m:30s] @ 100", 400'000), "up 6@60 9@90");
  EXPECT_EQ(s.At("max_over_time(sum(up)[1m:30s])", 100'000), "{} 9");
}

TEST(Subquery, NestsAndRatesOverResults) {
  StoredSeries s;
  s.LoadRising(R"(sent{dev="lo"})", 10, 61, 10'000);
  EXPECT_EQ(s.At("rate(sent[2m:30s])", 300'000), R"({dev="lo"} 1)");
  EXPECT_EQ(s.At("max_over_time(rate(sent[1m])[5m:30s])", 300'000), R"({dev="lo"} 1)");
  EXPECT_EQ(s.At("sum_over_time(count_over_time(sent[30s:10s])[1m:1m])", 300'000),
            R"({dev="lo"} 8)");  // four of ten seconds in half a minute, twice
}

TEST(Subquery, SeesWhatWasAddedAtTheLastMoment) {
  StoredSeries s;
  const History::Id id = s.history().Open(s.Make("up"));
  Query query(Parse("sum_over_time(up[2m:1m])").value(), s.history());
  s.history().Append(id, {0, 1});
  EXPECT_EQ(ToText(**query.At(60'000)), "{} 2");  // the steps at 0 and at 60
  s.history().Append(id, {60'000, 5});            // the step at 60 was not final
  EXPECT_EQ(ToText(**query.At(60'000)), "{} 6");
  EXPECT_EQ(ToText(**query.At(120'000)), "{} 11");
}

TEST(Subquery, ForgetsWhenTimeGoesBackOrIsShifted) {
  StoredSeries s;
  s.LoadRising("up", 1, 11);
  Query query(Parse("sum_over_time(up[2m:1m])").value(), s.history());
  EXPECT_EQ(ToText(**query.At(600'000)), "{} 27");  // 8 + 9 + 10
  EXPECT_EQ(ToText(**query.At(300'000)), "{} 12");  // 3 + 4 + 5
  s.history().Shift(60'000);
  EXPECT_EQ(ToText(**query.At(360'000)), "{} 12");
  EXPECT_EQ(ToText(**query.At(420'000)), "{} 15");
}

TEST(Subquery, AFixedTimeIsTheSameAtEveryStep) {
  StoredSeries s;
  s.LoadRising("up", 1, 11);
  EXPECT_EQ(s.At("sum_over_time((up @ 120)[2m:1m])", 600'000), "{} 6");
  EXPECT_EQ(s.At("sum_over_time((up @ end())[2m:1m])", 600'000), "{} 30");
}

TEST(Limits, TooManySamplesAreAnError) {
  StoredSeries s;
  s.LoadRising("up", 1, 61);
  const QueryOptions few{.max_samples = 20};
  const std::string error =
      "error: query processing would load too many samples into memory in query execution";
  EXPECT_EQ(s.At("sum_over_time(up[20m])", 3'600'000, few), error);  // 21
  EXPECT_EQ(s.At("sum_over_time(up[19m])", 3'600'000, few), "{} 1010");
  EXPECT_EQ(s.At("sum_over_time(up[20m:1m])", 3'600'000, few), error);
  EXPECT_EQ(s.At("quantile_over_time(0, up[20m])", 3'600'000, few), error);
  EXPECT_EQ(s.At("up[30m]", 3'600'000, few), error);
  EXPECT_EQ(s.Between("up", 0, 3'600'000, 60'000, few), error);
  EXPECT_EQ(s.Between("1", 0, 3'600'000, 60'000, few), error);
}

// What yields nothing is work all the same.
TEST(Limits, EndlessSubqueriesAreAnError) {
  StoredSeries s;
  const QueryOptions few{.max_samples = 1000};
  EXPECT_EQ(s.At("sum_over_time(none[100y:1ms])", 0, few),
            "error: query processing would load too many samples into memory in query execution");
  EXPECT_EQ(s.At("max_over_time(sum_over_time(none[1d:1s])[1d:1s])", 0, few),
            "error: query processing would load too many samples into memory in query execution");
}

TEST(Limits, AQueryGoesOnAfterAnError) {
  StoredSeries s;
  s.LoadRising(R"(up{job="a"})", 1, 3);
  s.LoadRising(R"(up{job="b"})", 1, 3);
  Query query(Parse("sum(up)").value(), s.history(), {.max_samples = 2});
  EXPECT_EQ(ToText(**query.At(60'000)), "{} 2");
  s.LoadRising(R"(up{job="0"})", 1, 3);
  EXPECT_FALSE(query.At(60'000));
  s.history().Drop(s.history().Open(s.Make(R"(up{job="a"})")));
  EXPECT_EQ(ToText(**query.At(120'000)), "{} 4");
}

}  // namespace
}  // namespace ecsward::promql
