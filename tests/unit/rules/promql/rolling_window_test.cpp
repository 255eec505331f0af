#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>
#include <random>
#include <string>

#include "rules/promql/range_functions.h"
#include "rules/promql/rolling_state.h"

namespace ecsward::promql {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A window that slides over one series, done both ways.
class BothWays {
 public:
  explicit BothWays(FunctionId id) : fresh_(FindRangeFunction(id)), rolling_(id) {}

  void Push(Sample sample) {
    in_.push_back(sample);
    rolling_.Push(sample);
  }
  void PopOlderThan(std::int64_t time_ms) {
    while (!in_.empty() && in_.front().time_ms < time_ms) {
      const Sample oldest = in_.front();
      in_.pop_front();
      if (in_.empty()) {
        rolling_.Clear();
      } else {
        rolling_.Pop(oldest, in_.front());
      }
    }
  }
  bool Fresh(const RangeArgs& args, double& out) const {
    const std::vector<Sample> samples(in_.begin(), in_.end());
    return fresh_(samples, args, out);
  }
  bool Rolling(const RangeArgs& args, double& out) {
    bool needs_refill = false;
    bool given = rolling_.Result(args, out, needs_refill);
    if (!needs_refill) return given;
    ++refills_;
    rolling_.Clear();
    for (const Sample& sample : in_) rolling_.Push(sample);
    given = rolling_.Result(args, out, needs_refill);
    EXPECT_FALSE(needs_refill) << "asked again right after a refill";
    return given;
  }
  double Biggest() const {
    double biggest = 0;
    for (const Sample& sample : in_) biggest = std::fmax(biggest, std::fabs(sample.value));
    return biggest;
  }
  int refills() const { return refills_; }

 private:
  RangeFunction fresh_;
  RollingWindow rolling_;
  std::deque<Sample> in_;
  int refills_ = 0;
};

enum class Shape {
  kCounter,
  kResettingCounter,
  kSeconds,
  kGauge,
  kSigned,
  kBytes,
  kConstant,
  kSteps,
  kOdd,
  kSpikes,
};

const std::vector<std::pair<Shape, std::string>> kShapes = {
    {Shape::kCounter, "counter"},   {Shape::kResettingCounter, "resetting counter"},
    {Shape::kSeconds, "seconds"},   {Shape::kGauge, "gauge"},
    {Shape::kSigned, "signed"},     {Shape::kBytes, "bytes"},
    {Shape::kConstant, "constant"}, {Shape::kSteps, "steps"},
    {Shape::kOdd, "NaN and Inf"},   {Shape::kSpikes, "spikes"},
};

class Generator {
 public:
  Generator(Shape shape, unsigned seed) : shape_(shape), random_(seed) {}

  double Next() {
    const double u = std::uniform_real_distribution<>(0, 1)(random_);
    const bool rare = std::uniform_int_distribution<>(0, 19)(random_) == 0;
    switch (shape_) {
      case Shape::kCounter:
        return value_ += std::floor(u * 10);
      case Shape::kResettingCounter:
        return value_ = rare || u < 0.2 ? u : value_ + u * 10;
      case Shape::kSeconds:
        return value_ = (value_ == 0 ? 123456.78 : value_) + std::floor(u * 100) / 100;
      case Shape::kGauge:
        return u;
      case Shape::kSigned:
        return u - 0.5;
      case Shape::kBytes:
        return 5e10 + std::floor(u * 1e6) * 4096;
      case Shape::kConstant:
        return 0.1;
      case Shape::kSteps:
        return value_ = rare ? std::floor(u * 3) + 0.1 : value_;
      case Shape::kOdd:
        return !rare ? u : u < 0.3 ? kNaN : u < 0.6 ? kInf : u < 0.9 ? -kInf : 0;
      case Shape::kSpikes:
        return !rare ? u : u < 0.5 ? 1e300 : -1e300;
    }
    return u;
  }

 private:
  Shape shape_;
  std::mt19937 random_;
  double value_ = 0;
};

constexpr FunctionId kRolling[] = {
    FunctionId::kAvgOverTime,     FunctionId::kChanges,        FunctionId::kCountOverTime,
    FunctionId::kDelta,           FunctionId::kDeriv,          FunctionId::kIdelta,
    FunctionId::kIncrease,        FunctionId::kIrate,          FunctionId::kLastOverTime,
    FunctionId::kMaxOverTime,     FunctionId::kMinOverTime,    FunctionId::kPredictLinear,
    FunctionId::kPresentOverTime, FunctionId::kRate,           FunctionId::kResets,
    FunctionId::kStddevOverTime,  FunctionId::kStdvarOverTime, FunctionId::kSumOverTime,
};

// How far the two may be apart, relative to the result. The function over the whole window rounds,
// too: where a mean is far from zero and the spread is small, that is what shows.
double Tolerance(FunctionId id, Shape shape) {
  switch (id) {
    case FunctionId::kStddevOverTime:
    case FunctionId::kStdvarOverTime:
    case FunctionId::kDeriv:
    case FunctionId::kPredictLinear:
      return shape == Shape::kBytes || shape == Shape::kSeconds || shape == Shape::kSigned ||
                     shape == Shape::kGauge
                 ? 1e-9
                 : 1e-10;
    default:
      return 1e-12;
  }
}

// The sum of a counter's steps loses what is small beside the counter itself.
double Slack(FunctionId id, const BothWays& window) {
  const bool steps = id == FunctionId::kRate || id == FunctionId::kIncrease;
  return steps ? 1e-14 * window.Biggest() : 0;
}

void ExpectAlike(double fresh, double rolling, double tolerance, double slack,
                 const std::string& where) {
  if (std::isnan(fresh) || std::isinf(fresh)) {
    EXPECT_TRUE(std::isnan(fresh) ? std::isnan(rolling) : fresh == rolling)
        << where << ": " << fresh << " and " << rolling;
    return;
  }
  EXPECT_LE(std::fabs(fresh - rolling), tolerance * std::fabs(fresh) + slack)
      << where << ": " << fresh << " and " << rolling;
}

TEST(RollingWindow, EqualsTheFunctionOverTheWholeWindow) {
  for (const FunctionId id : kRolling) {
    ASSERT_TRUE(RollingWindow::Supports(id));
    for (const auto& [shape, name] : kShapes) {
      for (unsigned seed = 1; seed <= 6; ++seed) {
        std::mt19937 random(seed * 7);
        BothWays window(id);
        Generator values(shape, seed);
        std::int64_t now = 1'600'000'000'000;
        const std::int64_t range = 10'000 * seed;
        for (int step = 0; step < 500; ++step) {
          now += 1000;
          const bool gap = step % 100 >= 80 && seed % 2 == 0;
          if (!gap && std::uniform_int_distribution<>(0, 9)(random) > 0) {
            window.Push({now - std::uniform_int_distribution<>(0, 400)(random), values.Next()});
          }
          window.PopOlderThan(now - range);
          RangeArgs args;
          args.start_ms = now - range;
          args.end_ms = args.time_ms = now;
          args.param[0] = 30;
          double fresh = 0, rolling = 0;
          const bool given = window.Fresh(args, fresh);
          const std::string where = "function " + std::to_string(static_cast<int>(id)) + ", " +
                                    name + ", seed " + std::to_string(seed) + ", step " +
                                    std::to_string(step);
          ASSERT_EQ(window.Rolling(args, rolling), given) << where;
          if (given) {
            ExpectAlike(fresh, rolling, Tolerance(id, shape), Slack(id, window), where);
          }
          if (HasFailure()) return;
        }
      }
    }
  }
}

int RefillsOf(FunctionId id, Shape shape, int steps) {
  BothWays window(id);
  Generator values(shape, 1);
  double out = 0;
  for (int step = 1; step <= steps; ++step) {
    const std::int64_t now = 1000 * step;
    window.Push({now, values.Next()});
    window.PopOlderThan(now - 300'000);
    window.Rolling({now - 300'000, now, now, {60, 0}}, out);
  }
  return window.refills();
}

TEST(RollingWindow, CarriesOnForADayWithHardlyARefill) {
  for (const FunctionId id : kRolling) {
    for (const Shape shape : {Shape::kCounter, Shape::kResettingCounter, Shape::kGauge,
                              Shape::kBytes, Shape::kConstant}) {
      const bool extreme = id == FunctionId::kMaxOverTime || id == FunctionId::kMinOverTime;
      if (extreme && (shape == Shape::kCounter || shape == Shape::kResettingCounter)) continue;
      EXPECT_LE(RefillsOf(id, shape, 86400), id == FunctionId::kDeriv ? 100 : 0)
          << "function " << static_cast<int>(id) << ", shape " << static_cast<int>(shape);
    }
  }
}

TEST(RollingWindow, RefillsForTheMinimumOfARisingSeriesOnlyNowAndThen) {
  EXPECT_LE(RefillsOf(FunctionId::kMinOverTime, Shape::kCounter, 8000), 1000);
}

TEST(RollingWindow, ForgetsASpikeThatHasLeft) {
  BothWays window(FunctionId::kSumOverTime);
  double out = 0;
  for (int step = 1; step <= 20; ++step) {
    window.Push({1000 * step, step == 3 ? 1e300 : 0.1});
    window.PopOlderThan(1000 * (step - 4));
    window.Rolling({1000 * (step - 4), 1000 * step, 1000 * step, {}}, out);
  }
  EXPECT_DOUBLE_EQ(out, 0.5);
  EXPECT_LE(window.refills(), 5);
}

TEST(RollingWindow, OfAConstantHasExactlyNoSpread) {
  BothWays window(FunctionId::kStddevOverTime);
  double out = 1;
  for (int step = 1; step <= 40; ++step) {
    window.Push({1000 * step, step < 10 ? 7.3 * step : 0.1});
    window.PopOlderThan(1000 * (step - 10));
    window.Rolling({1000 * (step - 10), 1000 * step, 1000 * step, {}}, out);
  }
  EXPECT_EQ(out, 0);
  EXPECT_LE(window.refills(), 2);
}

TEST(RollingWindow, IsThereForWhatSupportsSays) {
  for (int i = 0; i <= static_cast<int>(FunctionId::kYear); ++i) {
    const auto id = static_cast<FunctionId>(i);
    const bool made = MakeCounterState(id) || MakeMomentState(id) || MakeExtremeState(id) ||
                      MakeRegressionState(id);
    EXPECT_EQ(made, RollingWindow::Supports(id)) << i;
    EXPECT_TRUE(!made || FindRangeFunction(id) != nullptr) << i;
  }
}

}  // namespace
}  // namespace ecsward::promql
