#include "rules/promql/range_functions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace ecsward::promql {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Samples every 10 s from second 0 on; the window is as wide as they reach unless `args` says more.
std::vector<Sample> Every10s(std::initializer_list<double> values) {
  std::vector<Sample> samples;
  for (const double value : values) {
    samples.push_back({static_cast<std::int64_t>(samples.size()) * 10'000, value});
  }
  return samples;
}

double Call(FunctionId id, const std::vector<Sample>& samples, RangeArgs args) {
  double out = 0;
  return FindRangeFunction(id)(samples, args, out) ? out : -999;  // -999: nothing
}
double Call(FunctionId id, std::initializer_list<double> values, double p0 = 0, double p1 = 0) {
  const auto end = static_cast<std::int64_t>(values.size() - 1) * 10'000;
  return Call(id, Every10s(values), {0, end, end, {p0, p1}});
}

TEST(RangeFunctions, RateIsThePerSecondIncrease) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kRate, {100, 120, 140, 160}), 2);
  EXPECT_DOUBLE_EQ(Call(FunctionId::kIncrease, {100, 120, 140, 160}), 60);
}

TEST(RangeFunctions, RateMakesResetsGood) {
  // 20 up to 120, a reset, 5 from zero, 20 more.
  EXPECT_DOUBLE_EQ(Call(FunctionId::kIncrease, {100, 120, 5, 25}), 45);
  EXPECT_DOUBLE_EQ(Call(FunctionId::kDelta, {100, 120, 5, 25}), -75);
}

TEST(RangeFunctions, RateReachesToTheWindowsEdgesWhenTheyAreNear) {
  // 60 in 30 s, and the window is 5 s wider on both sides: 80 in 40 s.
  EXPECT_DOUBLE_EQ(
      Call(FunctionId::kIncrease, Every10s({100, 120, 140, 160}), {-5'000, 35'000, 35'000, {}}),
      80);
  // Farther than 1.1 intervals: half an interval on each side.
  EXPECT_DOUBLE_EQ(
      Call(FunctionId::kIncrease, Every10s({100, 120, 140, 160}), {-60'000, 90'000, 90'000, {}}),
      80);
}

TEST(RangeFunctions, RateDoesNotReachBelowZero) {
  // 60 in 30 s from 4 on: it was zero 2 s before the first sample.
  EXPECT_DOUBLE_EQ(
      Call(FunctionId::kIncrease, Every10s({4, 24, 44, 64}), {-5'000, 30'000, 30'000, {}}), 64);
}

TEST(RangeFunctions, WantTwoSamplesForADifference) {
  for (const FunctionId id : {FunctionId::kRate, FunctionId::kIncrease, FunctionId::kDelta,
                              FunctionId::kIrate, FunctionId::kIdelta, FunctionId::kDeriv,
                              FunctionId::kPredictLinear, FunctionId::kHoltWinters}) {
    EXPECT_EQ(Call(id, {1}, 0.5, 0.5), -999);
  }
}

TEST(RangeFunctions, GiveNothingForAnEmptyWindow) {
  for (int i = 0; i <= static_cast<int>(FunctionId::kYear); ++i) {
    const RangeFunction function = FindRangeFunction(static_cast<FunctionId>(i));
    double out = 0;
    EXPECT_FALSE(function != nullptr && function({}, {}, out)) << i;
  }
}

TEST(RangeFunctions, IrateLooksAtTheLastTwo) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kIrate, {0, 1000, 1030}), 3);
  EXPECT_DOUBLE_EQ(Call(FunctionId::kIrate, {0, 1000, 30}), 3);  // a reset: 30 in 10 s
  EXPECT_DOUBLE_EQ(Call(FunctionId::kIdelta, {0, 1000, 30}), -970);
}

TEST(RangeFunctions, DerivIsTheSlope) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kDeriv, {5, 25, 45}), 2);
  EXPECT_EQ(Call(FunctionId::kDeriv, {0.1, 0.1, 0.1}), 0);
  EXPECT_TRUE(std::isnan(Call(FunctionId::kDeriv, {kInf, kInf})));
}

TEST(RangeFunctions, PredictLinearStartsAtTheEvaluation) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kPredictLinear, {5, 25, 45}, 10), 65);
  // Evaluated 10 s after the last sample: 10 s more.
  EXPECT_DOUBLE_EQ(
      Call(FunctionId::kPredictLinear, Every10s({5, 25, 45}), {0, 30'000, 30'000, {10, 0}}), 85);
  EXPECT_EQ(Call(FunctionId::kPredictLinear, {7, 7, 7}, 3600), 7);
}

TEST(RangeFunctions, SmoothingFollowsAStraightLine) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kHoltWinters, {1, 2, 3, 4}, 0.5, 0.5), 4);
  EXPECT_DOUBLE_EQ(Call(FunctionId::kDoubleExponentialSmoothing, {1, 3, 3}, 0.5, 0.5), 4);
}

TEST(RangeFunctions, SmoothingWantsFactorsBetweenZeroAndOne) {
  RangeArgs args;
  args.param[0] = 2;
  args.param[1] = 0.5;
  const auto checked = CheckRangeArgs(FunctionId::kHoltWinters, args);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message,
            "invalid smoothing factor. Expected: 0 < sf < 1, got: 2.000000");
  EXPECT_TRUE(CheckRangeArgs(FunctionId::kQuantileOverTime, args));
}

TEST(RangeFunctions, ChangesAndResetsCountSteps) {
  EXPECT_EQ(Call(FunctionId::kChanges, {1, 1, 2, 1, kNaN, kNaN, 1}), 4);
  EXPECT_EQ(Call(FunctionId::kResets, {1, 2, 1, 1, 0, kNaN, 1}), 2);
  EXPECT_EQ(Call(FunctionId::kChanges, {1}), 0);
}

TEST(RangeFunctions, SumLosesNoSmallNumbers) {
  EXPECT_EQ(Call(FunctionId::kSumOverTime, {1, 1e100, 1, -1e100}), 2);
  EXPECT_EQ(Call(FunctionId::kSumOverTime, {kInf, 1}), kInf);
}

TEST(RangeFunctions, AverageDoesNotOverflow) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kAvgOverTime, {1e308, 1e308, 1e308}), 1e308);
  EXPECT_EQ(Call(FunctionId::kAvgOverTime, {1, kInf, 1, kInf}), kInf);
  EXPECT_TRUE(std::isnan(Call(FunctionId::kAvgOverTime, {1, kInf, -kInf})));
}

TEST(RangeFunctions, DeviationIsOfThePopulation) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kStdvarOverTime, {2, 4, 4, 4, 5, 5, 7, 9}), 4);
  EXPECT_DOUBLE_EQ(Call(FunctionId::kStddevOverTime, {2, 4, 4, 4, 5, 5, 7, 9}), 2);
  EXPECT_TRUE(std::isnan(Call(FunctionId::kStddevOverTime, {kInf})));
}

TEST(RangeFunctions, ExtremesPassOverNaN) {
  EXPECT_EQ(Call(FunctionId::kMaxOverTime, {kNaN, 1, kNaN, 3}), 3);
  EXPECT_EQ(Call(FunctionId::kMinOverTime, {kNaN, 1, kNaN, 3}), 1);
  EXPECT_TRUE(std::isnan(Call(FunctionId::kMinOverTime, {kNaN, kNaN})));
}

TEST(RangeFunctions, QuantileWeighsTheNeighbours) {
  EXPECT_DOUBLE_EQ(Call(FunctionId::kQuantileOverTime, {3, 1, 2}, 0.75), 2.5);
  EXPECT_EQ(Call(FunctionId::kQuantileOverTime, {3, 1, 2}, -0.1), -kInf);
  EXPECT_EQ(Call(FunctionId::kQuantileOverTime, {3, 1, 2}, 1.1), kInf);
  EXPECT_TRUE(std::isnan(Call(FunctionId::kQuantileOverTime, {3, 1, 2}, kNaN)));
}

TEST(RangeFunctions, CountLastAndPresent) {
  EXPECT_EQ(Call(FunctionId::kCountOverTime, {5, kNaN, 7}), 3);
  EXPECT_EQ(Call(FunctionId::kLastOverTime, {5, 6, 7}), 7);
  EXPECT_EQ(Call(FunctionId::kPresentOverTime, {5, 6, 7}), 1);
  EXPECT_TRUE(KeepsName(FunctionId::kLastOverTime));
  EXPECT_FALSE(KeepsName(FunctionId::kMaxOverTime));
}

}  // namespace
}  // namespace ecsward::promql
