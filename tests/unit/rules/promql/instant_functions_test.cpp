#include "rules/promql/instant_functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ecsward::promql {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Call(FunctionId id, double value) { return FindValueFunction(id)(value); }

TEST(ValueFunctions, AreThere) {
  EXPECT_EQ(Call(FunctionId::kAbs, -2), 2);
  EXPECT_EQ(Call(FunctionId::kCeil, 1.2), 2);
  EXPECT_EQ(Call(FunctionId::kSgn, -0.5), -1);
  EXPECT_TRUE(std::isnan(Call(FunctionId::kSgn, kNaN)));
  EXPECT_DOUBLE_EQ(Call(FunctionId::kDeg, Call(FunctionId::kRad, 90)), 90);
  EXPECT_DOUBLE_EQ(Call(FunctionId::kLn, Call(FunctionId::kExp, 3)), 3);
  EXPECT_EQ(Call(FunctionId::kLog2, 8), 3);
  EXPECT_EQ(Call(FunctionId::kLog2, 0), -kInf);
  EXPECT_EQ(Call(FunctionId::kLog10, kInf), kInf);
  EXPECT_TRUE(std::isnan(Call(FunctionId::kLog2, -1)));
  EXPECT_EQ(Call(FunctionId::kLog10, 1000), 3);
  EXPECT_EQ(FindValueFunction(FunctionId::kRate), nullptr);
}

TEST(ValueFunctions, RoundGoesUpFromTheMiddle) {
  EXPECT_EQ(Round(2.5, 1), 3);
  EXPECT_EQ(Round(-2.5, 1), -2);
  EXPECT_EQ(Round(17, 5), 15);
  EXPECT_DOUBLE_EQ(Round(0.126, 0.01), 0.13);
}

TEST(ValueFunctions, ClampKeepsNaN) {
  EXPECT_EQ(Clamp(7, 0, 5), 5);
  EXPECT_EQ(Clamp(-7, 0, 5), 0);
  EXPECT_TRUE(std::isnan(Clamp(kNaN, 0, 5)));
  EXPECT_TRUE(std::isnan(ClampMin(1, kNaN)));
  EXPECT_EQ(ClampMax(kInf, 5), 5);
}

TEST(CalendarFunctions, OfALeapDay) {
  const double time = 1709210096;  // 2024-02-29 12:34:56 UTC, a Thursday
  EXPECT_EQ(Call(FunctionId::kYear, time), 2024);
  EXPECT_EQ(Call(FunctionId::kMonth, time), 2);
  EXPECT_EQ(Call(FunctionId::kDayOfMonth, time), 29);
  EXPECT_EQ(Call(FunctionId::kDaysInMonth, time), 29);
  EXPECT_EQ(Call(FunctionId::kDayOfYear, time), 60);
  EXPECT_EQ(Call(FunctionId::kDayOfWeek, time), 4);
  EXPECT_EQ(Call(FunctionId::kHour, time), 12);
  EXPECT_EQ(Call(FunctionId::kMinute, time), 34);
}

TEST(CalendarFunctions, OfTheEdgesOfYears) {
  EXPECT_EQ(Call(FunctionId::kYear, 0), 1970);
  EXPECT_EQ(Call(FunctionId::kDayOfWeek, 0), 4);
  EXPECT_EQ(Call(FunctionId::kYear, -1), 1969);
  EXPECT_EQ(Call(FunctionId::kDayOfYear, -1), 365);
  EXPECT_EQ(Call(FunctionId::kHour, -1), 23);
  EXPECT_EQ(Call(FunctionId::kDayOfYear, 978307199), 366);  // the last second of 2000
  EXPECT_EQ(Call(FunctionId::kYear, 978307200), 2001);
  EXPECT_EQ(Call(FunctionId::kDaysInMonth, -2205000000), 28);  // February 1900
}

TEST(CalendarFunctions, TakeAnyNumber) {
  for (const double value : {kNaN, kInf, -kInf, 1e300, -1e300, 0x1p63, -0x1p63, 1e18, -1e18}) {
    for (int i = 0; i <= static_cast<int>(FunctionId::kYear); ++i) {
      const ValueFunction function = FindValueFunction(static_cast<FunctionId>(i));
      if (function != nullptr) function(value);
    }
    const double month = Call(FunctionId::kMonth, value);
    EXPECT_GE(month, 1);
    EXPECT_LE(month, 12);
    const double day = Call(FunctionId::kDayOfMonth, value);
    EXPECT_GE(day, 1);
    EXPECT_LE(day, Call(FunctionId::kDaysInMonth, value));
  }
}

double OfBuckets(double q, std::vector<Bucket> buckets) { return BucketQuantile(q, buckets); }

TEST(BucketQuantile, InterpolatesWithinABucket) {
  EXPECT_DOUBLE_EQ(OfBuckets(0.5, {{1, 0}, {2, 10}, {kInf, 10}}), 1.5);
  EXPECT_DOUBLE_EQ(OfBuckets(0.25, {{1, 10}, {kInf, 10}}), 0.25);
}

TEST(BucketQuantile, GivesTheHighestFiniteBound) {
  EXPECT_EQ(OfBuckets(0.99, {{1, 1}, {2, 2}, {kInf, 100}}), 2);
}

TEST(BucketQuantile, GivesTheLowestBoundWhereItIsNotPositive) {
  EXPECT_EQ(OfBuckets(0.1, {{-1, 10}, {2, 10}, {kInf, 10}}), -1);
}

TEST(BucketQuantile, WantsTheInfiniteBucket) {
  EXPECT_TRUE(std::isnan(OfBuckets(0.5, {{1, 1}, {2, 2}})));
  EXPECT_TRUE(std::isnan(OfBuckets(0.5, {{kInf, 2}})));
  EXPECT_TRUE(std::isnan(OfBuckets(0.5, {{1, 0}, {kInf, 0}})));
  EXPECT_TRUE(std::isnan(OfBuckets(0.5, {})));
}

TEST(BucketQuantile, KnowsNoQuantileOutsideOfZeroToOne) {
  EXPECT_EQ(OfBuckets(-1, {{1, 1}, {kInf, 2}}), -kInf);
  EXPECT_EQ(OfBuckets(2, {{1, 1}, {kInf, 2}}), kInf);
  EXPECT_TRUE(std::isnan(OfBuckets(kNaN, {{1, 1}, {kInf, 2}})));
}

TEST(BucketQuantile, SortsMergesAndRepairs) {
  // Two buckets of bound 1 with 5 each; that of bound 2 has shrunk to 8 and counts as 10.
  EXPECT_DOUBLE_EQ(OfBuckets(0.5, {{kInf, 20}, {2, 8}, {1, 5}, {1, 5}}), 1);
  EXPECT_EQ(OfBuckets(0.9, {{kInf, 20}, {2, 8}, {1, 5}, {1, 5}}), 2);
}

TEST(BucketQuantile, SurvivesOddNumbers) {
  OfBuckets(0.5, {{kNaN, 1}, {kNaN, kNaN}, {1, kNaN}, {kInf, kNaN}});
  OfBuckets(0.5, {{-kInf, 1}, {kInf, kInf}});
}

std::string Replaced(std::string replacement, std::string_view regexp,
                     std::string_view value = "a:9100") {
  const auto replacer = LabelReplacer::Make("dst", std::move(replacement), "src", regexp);
  if (!replacer) return "error: " + replacer.error().message;
  return std::string(Get(replacer->Apply({{"dst", "old"}, {"src", std::string(value)}}), "dst"));
}

TEST(LabelReplace, PutsGroupsIn) {
  EXPECT_EQ(Replaced("$1", "(.*):(.*)"), "a");
  EXPECT_EQ(Replaced("${2}x$1", "(.*):(.*)"), "9100xa");
  EXPECT_EQ(Replaced("$0", ".*"), "a:9100");
  EXPECT_EQ(Replaced("$port-${host}", "(?P<host>.*):(?P<port>.*)"), "9100-a");
}

TEST(LabelReplace, KnowsWhatADollarIs) {
  EXPECT_EQ(Replaced("$$1", "(.*):(.*)"), "$1");
  EXPECT_EQ(Replaced("$", "(.*):(.*)"), "$");
  EXPECT_EQ(Replaced("$-${1", "(.*):(.*)"), "$-${1");
  EXPECT_EQ(Replaced("$1x", "(.*):(.*)"), "");  // the group named 1x, which is not there
  EXPECT_EQ(Replaced("$7.", "(.*):(.*)"), ".");
  EXPECT_EQ(Replaced("$1号", "(.*):(.*)"), "");
  EXPECT_EQ(Replaced("$1，", "(.*):(.*)"), "a，");
}

TEST(LabelReplace, MatchesAllOfTheValueOrChangesNothing) {
  EXPECT_EQ(Replaced("x", "a"), "old");
  EXPECT_EQ(Replaced("x", "a.*"), "x");
  EXPECT_EQ(Replaced("", "a.*"), "");  // takes the label away
}

TEST(LabelReplace, ReadsALabelThatIsNotThereAsEmpty) {
  const auto replacer = LabelReplacer::Make("dst", "none$1", "missing", "(.*)");
  ASSERT_TRUE(replacer);
  EXPECT_EQ(Get(replacer->Apply({}), "dst"), "none");
}

TEST(LabelReplace, SaysWhatIsWrong) {
  EXPECT_EQ(Replaced("x", "(.*"), "error: invalid regular expression in label_replace(): (.*");
  const auto replacer = LabelReplacer::Make("~", "x", "src", "");
  ASSERT_FALSE(replacer);
  EXPECT_EQ(replacer.error().message, "invalid destination label name in label_replace(): ~");
}

TEST(LabelJoin, JoinsInTheirOrder) {
  const std::vector<std::string> sources = {"b", "missing", "a"};
  EXPECT_EQ(Get(JoinLabels({{"a", "1"}, {"b", "2"}}, "dst", "-", sources), "dst"), "2--1");
  EXPECT_EQ(JoinLabels({{"dst", "old"}}, "dst", "-", {}), LabelPairs{});
}

TEST(LabelJoin, SaysWhatIsWrong) {
  const std::vector<std::string> bad = {"~"}, good = {"a"};
  EXPECT_EQ(CheckLabelJoin("dst", bad).error().message,
            "invalid source label name in label_join(): ~");
  EXPECT_EQ(CheckLabelJoin("~", good).error().message,
            "invalid destination label name in label_join(): ~");
  EXPECT_TRUE(CheckLabelJoin("dst", good));
}

}  // namespace
}  // namespace ecsward::promql
