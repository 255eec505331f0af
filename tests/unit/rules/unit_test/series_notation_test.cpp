#include "rules/unit_test/series_notation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "metrics/series_set.h"

namespace ecsward {
namespace {

// "0 10 20 _ stale": the first values, or the error.
std::string Values(std::string_view values, std::size_t most = 10) {
  auto notation = ParseSeriesNotation("up " + std::string(values));
  if (!notation) return notation.error().message;
  std::string out;
  ValueWalk walk(notation->values);
  for (std::size_t i = 0; i < most && walk.Next(); ++i) {
    EXPECT_EQ(walk.number(), i);
    if (!out.empty()) out += ' ';
    if (walk.gap()) {
      out += '_';
    } else {
      out += IsStale(walk.value()) ? "stale" : fmt::format("{}", walk.value());
    }
  }
  return out;
}

std::string LabelsOf(std::string_view text) {
  auto labels = ParseSeriesLabels(text);
  return labels ? ToString(*labels) : labels.error().message;
}

TEST(ParseSeriesNotation, ReadsPlainValues) {
  EXPECT_EQ(Values("1 -2 +3 .5 1. 1e2"), "1 -2 3 0.5 1 100");
  EXPECT_EQ(Values("  1 \t 2  "), "1 2");
  EXPECT_EQ(Values(""), "");
  EXPECT_EQ(Values("Inf -inf NaN"), "inf -inf nan");
}

TEST(ParseSeriesNotation, ReadsGapsAndStaleMarkers) {
  EXPECT_EQ(Values("1 _ 2 _x2 stale 3"), "1 _ 2 _ _ stale 3");
  EXPECT_EQ(Values("1 _x0 2"), "1 2");
}

TEST(ParseSeriesNotation, ExpandsOneMoreThanTheCount) {
  EXPECT_EQ(Values("0+10x3"), "0 10 20 30");
  EXPECT_EQ(Values("-2-1x2"), "-2 -3 -4");
  EXPECT_EQ(Values("7x2"), "7 7 7");
  EXPECT_EQ(Values("7x0"), "7");
}

TEST(ParseSeriesNotation, KnowsNoHexadecimalButOctal) {
  EXPECT_EQ(Values("0x5"), "0 0 0 0 0 0");
  EXPECT_EQ(Values("010"), "8");
  EXPECT_EQ(Values("1x010", 20), "1 1 1 1 1 1 1 1 1 1 1");  // a count is always decimal
}

TEST(ParseSeriesNotation, AddsAsPrometheusDoesStepByStep) {
  const auto notation = ParseSeriesNotation("up 0+0.1x3");
  ASSERT_TRUE(notation);
  ValueWalk walk(notation->values);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(walk.Next());
  EXPECT_EQ(walk.value(), 0.1 + 0.1 + 0.1);
}

TEST(ParseSeriesNotation, AHugeCountCostsNothing) {
  EXPECT_EQ(Values("1+1x18446744073709551614", 3), "1 2 3");
}

TEST(ParseSeriesNotation, SaysWhereItIsWrong) {
  EXPECT_EQ(Values("1,2"), "1:5: parse error: unexpected \",\" in series values");
  EXPECT_EQ(Values("1 two"),
            "1:6: parse error: unexpected identifier \"two\" in series values, expected number or "
            "\"stale\"");
  EXPECT_EQ(Values("1x"), "1:6: parse error: unexpected end of input in series values");
  for (const char* bad : {"1+1x-2", "1+2", "1--1x2", "stalex2", "Infx2", "-stale", "_3", "_x", "x2",
                          "1x2.5", "1x18446744073709551615", "1e400", "1e", "0xf", "5m"}) {
    EXPECT_TRUE(Values(bad).starts_with("1:")) << bad << ": " << Values(bad);
  }
}

TEST(ParseSeriesNotation, ReadsTheSeries) {
  const auto notation = ParseSeriesNotation(R"(up{ b = "2" , a='1', } 5)");
  ASSERT_TRUE(notation) << notation.error().message;
  EXPECT_EQ(notation->labels, (LabelPairs{{"__name__", "up"}, {"a", "1"}, {"b", "2"}}));
  EXPECT_TRUE(ParseSeriesNotation("sum 1"));
  EXPECT_TRUE(ParseSeriesNotation("start{} 1"));
  EXPECT_TRUE(ParseSeriesNotation("{a=\"b\"} 1"));
  for (const char* bad : {"1 2", "bool 1", "nan{} 1", "atan2 1", "up {a=\"b\"} 1", "up{a=~\"b\"} 1",
                          "up{a=b} 1", "up{a} 1", "up{,} 1", "up{a=\"b\" 1", "up{}1", ""}) {
    EXPECT_FALSE(ParseSeriesNotation(bad)) << bad;
  }
}

TEST(ParseSeriesLabels, ReadsWhatAnExpectedSampleHas) {
  EXPECT_EQ(LabelsOf(""), "{}");
  EXPECT_EQ(LabelsOf("{}"), "{}");
  EXPECT_EQ(LabelsOf(" up { } "), "{__name__=\"up\"}");
  EXPECT_EQ(LabelsOf("up{__name__=\"down\",a=\"\"}"), "{__name__=\"up\"}");
  EXPECT_EQ(LabelsOf("{a=\"\"}"), "{a=\"\"}");  // no series has this
  EXPECT_EQ(LabelsOf("up{"), "1:4: parse error: unexpected end of input inside braces");
  EXPECT_FALSE(ParseSeriesLabels("up 1"));
}

}  // namespace
}  // namespace ecsward
