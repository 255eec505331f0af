// Aggregations: groups, and what becomes of their elements.
#include <gtest/gtest.h>

#include "tests/unit/rules/promql/stored_series.h"

namespace ecsward::promql {
namespace {

class AggregateTest : public testing::Test {
 protected:
  AggregateTest() {
    s_.Load(R"(cpu{core="0",mode="user"})", {1});
    s_.Load(R"(cpu{core="0",mode="idle"})", {9});
    s_.Load(R"(cpu{core="1",mode="user"})", {3});
    s_.Load(R"(cpu{core="1",mode="idle"})", {7});
  }
  std::string At(std::string_view expr) { return s_.At(expr, 0); }

  StoredSeries s_;
};

TEST_F(AggregateTest, GroupsByAndWithout) {
  EXPECT_EQ(At("sum(cpu)"), "{} 20");
  EXPECT_EQ(At("sum by (mode) (cpu)"), R"({mode="idle"} 16; {mode="user"} 4)");
  EXPECT_EQ(At("sum without (core) (cpu)"), R"({mode="idle"} 16; {mode="user"} 4)");
  EXPECT_EQ(At("sum by (__name__) (cpu)"), "cpu 20");
  EXPECT_EQ(At("sum(none)"), "");
}

TEST_F(AggregateTest, Folds) {
  EXPECT_EQ(At("avg by (core) (cpu)"), R"({core="0"} 5; {core="1"} 5)");
  EXPECT_EQ(At("min(cpu)"), "{} 1");
  EXPECT_EQ(At("max(cpu)"), "{} 9");
  EXPECT_EQ(At("count(cpu)"), "{} 4");
  EXPECT_EQ(At("group(cpu)"), "{} 1");
  EXPECT_EQ(At("stdvar by (core) (cpu)"), R"({core="0"} 16; {core="1"} 4)");
  EXPECT_EQ(At("stddev by (core) (cpu)"), R"({core="0"} 4; {core="1"} 2)");
  EXPECT_EQ(At("quantile(0.5, cpu)"), "{} 5");  // between 3 and 7
}

TEST_F(AggregateTest, NanIsTheLastResortOfMinAndMax) {
  s_.Load("odd{x=\"1\"}", {kNan});
  EXPECT_EQ(At("max(odd)"), "{} NaN");
  s_.Load("odd{x=\"2\"}", {2});
  EXPECT_EQ(At("max(odd)"), "{} 2");
  EXPECT_EQ(At("sum(odd)"), "{} NaN");
  s_.Load("odd{x=\"3\"}", {kInf});
  EXPECT_EQ(At("avg(odd{x!=\"1\"})"), "{} +Inf");
}

TEST_F(AggregateTest, SumsPlainlyAsPrometheusDoes) {
  s_.Load("big{x=\"1\"}", {1e100});
  s_.Load("big{x=\"2\"}", {1});
  s_.Load("big{x=\"3\"}", {-1e100});
  EXPECT_EQ(At("sum(big)"), "{} 0");  // a compensated sum would say 1
}

TEST_F(AggregateTest, TopkKeepsLabels) {
  EXPECT_EQ(At("topk(2, cpu)"), R"(cpu{core="0", mode="idle"} 9; cpu{core="1", mode="idle"} 7)");
  EXPECT_EQ(At("bottomk by (mode) (1, cpu)"),
            R"(cpu{core="0", mode="user"} 1; cpu{core="1", mode="idle"} 7)");
  EXPECT_EQ(At("topk(0, cpu)"), "");
  EXPECT_EQ(At("topk(NaN, cpu)"), "error: Scalar value NaN overflows int64");
  EXPECT_EQ(At("limitk(1, cpu)"), R"(cpu{core="0", mode="idle"} 9)");
}

TEST_F(AggregateTest, CountValuesNamesThem) {
  EXPECT_EQ(At("count_values(\"n\", cpu > bool 5)"), R"({n="0"} 2; {n="1"} 2)");
  EXPECT_EQ(At("count_values by (core) (\"n\", cpu / 8 > 1)"), R"({core="0", n="1.125"} 1)");
  EXPECT_EQ(At("count_values(\"a-b\", cpu)"), "error: invalid label name \"a-b\"");
}

}  // namespace
}  // namespace ecsward::promql
