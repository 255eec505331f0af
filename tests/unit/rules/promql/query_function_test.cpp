// Functions as the evaluator calls them: arguments, names, labels. What they compute is tested with
// the functions themselves.
#include <gtest/gtest.h>

#include "tests/unit/rules/promql/stored_series.h"

namespace ecsward::promql {
namespace {

class FunctionTest : public testing::Test {
 protected:
  FunctionTest() {
    s_.LoadRising(R"(sent{dev="eth0"})", 60, 11);  // 1 a second
    s_.LoadRising(R"(sent{dev="lo"})", 6, 11);
  }
  std::string At(std::string_view expr, std::int64_t time_ms = 600'000) {
    return s_.At(expr, time_ms);
  }

  StoredSeries s_;
};

TEST_F(FunctionTest, RangeFunctionsDropTheNameButLastOverTime) {
  EXPECT_EQ(At("rate(sent[5m])"), R"({dev="eth0"} 1; {dev="lo"} 0.1)");
  EXPECT_EQ(At("last_over_time(sent[5m])"), R"(sent{dev="eth0"} 600; sent{dev="lo"} 60)");
  EXPECT_EQ(At(R"(count_over_time(sent{dev="lo"}[5m]))"), R"({dev="lo"} 6)");  // both ends
  EXPECT_EQ(At(R"(max_over_time(sent{dev="lo"}[5m] offset 5m))"), R"({dev="lo"} 30)");
}

TEST_F(FunctionTest, RangeFunctionsTakeScalars) {
  EXPECT_EQ(At(R"(quantile_over_time(0.5, sent{dev="lo"}[4m]))"), R"({dev="lo"} 48)");
  EXPECT_EQ(At(R"(predict_linear(sent{dev="eth0"}[5m], 60))"), R"({dev="eth0"} 660)");
  EXPECT_EQ(At("holt_winters(sent[5m], 2, 0.5)"),
            "error: invalid smoothing factor. Expected: 0 < sf < 1, got: 2.000000");
  EXPECT_EQ(At("holt_winters(none[5m], 2, 0.5)"), "");  // nobody asked
}

TEST_F(FunctionTest, SeriesThatBecomeOneAreAnError) {
  s_.LoadRising(R"(received{dev="lo"})", 6, 11);
  EXPECT_EQ(At(R"(rate({__name__=~"sent|received"}[5m]))"),
            "error: vector cannot contain metrics with the same labelset");
  EXPECT_EQ(At(R"(last_over_time({__name__=~"sent|received",dev="lo"}[5m]))"),
            R"(received{dev="lo"} 60; sent{dev="lo"} 60)");
}

// Also when they have results at different moments of one range query.
TEST_F(FunctionTest, SeriesThatBecomeOneLaterAreAnError) {
  StoredSeries s;
  s.Load("old", {1, 2, kStale});
  s.Load("new", {kNone, kNone, kNone, kNone, 1, 2});
  EXPECT_EQ(s.At(R"(delta({__name__=~"old|new"}[1m]))", 60'000), "{} 1");
  EXPECT_EQ(s.Between(R"(delta({__name__=~"old|new"}[1m]))", 60'000, 300'000, 60'000),
            "error: vector cannot contain metrics with the same labelset");
  EXPECT_EQ(s.Between(R"(delta({__name__=~"old|new"}[1m]))", 180'000, 300'000, 60'000), "{} 1@300");
}

TEST_F(FunctionTest, AbsentTellsWhatItLookedFor) {
  EXPECT_EQ(At("absent(sent)"), "");
  EXPECT_EQ(At(R"(absent(none{dev="lo",mode=~"r",x!="1"}))"), R"({dev="lo"} 1)");
  EXPECT_EQ(At(R"(absent(none{dev="a",dev="b",x="1"}))"), R"({x="1"} 1)");
  EXPECT_EQ(At(R"(absent(sum(none{dev="lo"})))"), "{} 1");
  EXPECT_EQ(At(R"(absent_over_time(none{dev="lo"}[5m]))"), R"({dev="lo"} 1)");
  EXPECT_EQ(At("absent_over_time(sent[5m])"), "");
  EXPECT_EQ(At(R"(absent_over_time(sent{dev="lo"}[5m]))", 1'000'000), R"({dev="lo"} 1)");
}

TEST_F(FunctionTest, ScalarAndVector) {
  EXPECT_EQ(At(R"(scalar(sent{dev="lo"}))"), "60");
  EXPECT_EQ(At("scalar(sent)"), "NaN");  // two
  EXPECT_EQ(At("vector(time())"), "{} 600");
  EXPECT_EQ(At("\"text\""), "text");
}

TEST_F(FunctionTest, ClampRoundAndSort) {
  EXPECT_EQ(At("clamp(sent, 0, 100)"), R"({dev="eth0"} 100; {dev="lo"} 60)");
  EXPECT_EQ(At("clamp(sent, 100, 0)"), "");
  EXPECT_EQ(At("round(sent / 7)"), R"({dev="eth0"} 86; {dev="lo"} 9)");
  EXPECT_EQ(At("round(sent, 50)"), R"({dev="eth0"} 600; {dev="lo"} 50)");
  EXPECT_EQ(At("sort_desc(sent)"), R"(sent{dev="eth0"} 600; sent{dev="lo"} 60)");
}

TEST_F(FunctionTest, DatesAreOfTheValueOrOfNow) {
  EXPECT_EQ(At("minute()"), "{} 10");
  EXPECT_EQ(At("year(vector(1e9))"), "{} 2001");
  EXPECT_EQ(At(R"(minute(sent{dev="eth0"}))"), R"({dev="eth0"} 10)");
}

TEST_F(FunctionTest, LabelFunctionsRename) {
  EXPECT_EQ(At(R"(label_replace(sent{dev="lo"}, "to", "$1!", "dev", "(l).*"))"),
            R"(sent{dev="lo", to="l!"} 60)");
  EXPECT_EQ(At(R"(label_join(sent{dev="lo"}, "to", "-", "dev", "dev"))"),
            R"(sent{dev="lo", to="lo-lo"} 60)");
  EXPECT_EQ(At(R"(label_replace(sent, "dev", "", "", ""))"),
            "error: vector cannot contain metrics with the same labelset");
}

TEST_F(FunctionTest, HistogramQuantileGroupsByAllButTheBound) {
  for (const auto& [le, count] : {std::pair("1", 10.0), {"2", 20.0}, {"+Inf", 20.0}}) {
    s_.Load(std::string(R"(lat_bucket{path="/a",le=")") + le + "\"}", {count});
    s_.Load(std::string(R"(lat_bucket{path="/b",le=")") + le + "\"}", {count / 2});
  }
  s_.Load(R"(lat_bucket{path="/a",le="many"})", {5});
  EXPECT_EQ(At("histogram_quantile(0.75, lat_bucket)", 0), R"({path="/a"} 1.5; {path="/b"} 1.5)");
}

}  // namespace
}  // namespace ecsward::promql
