#include "rules/promql/range_functions.h"

#include <fmt/format.h>

#include <vector>

#include "rules/promql/folds.h"
#include "rules/promql/instant_functions.h"

namespace ecsward::promql {
namespace {

using Samples = std::span<const Sample>;

double Seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000; }

template <FunctionId kId>
bool Rate(Samples samples, const RangeArgs& args, double& out) {
  if (samples.size() < 2) return false;
  double difference = samples.back().value - samples.front().value;
  if constexpr (kId != FunctionId::kDelta) {
    double previous = samples.front().value;
    for (const Sample& sample : samples) {
      if (sample.value < previous) difference += previous;
      previous = sample.value;
    }
  }
  out = Extrapolate(difference, samples.front(), samples.back(), samples.size(), kId, args);
  return true;
}

template <bool kPerSecond>
bool Instant(Samples samples, const RangeArgs& /*args*/, double& out) {
  if (samples.size() < 2) return false;
  return LastDifference(samples[samples.size() - 2], samples.back(), kPerSecond, out);
}

Line Regression(Samples samples, std::int64_t origin_ms) {
  LineFold fold;
  for (const Sample& sample : samples) fold.Add(Seconds(sample.time_ms - origin_ms), sample.value);
  return fold.value();
}

bool Deriv(Samples samples, const RangeArgs& /*args*/, double& out) {
  if (samples.size() < 2) return false;
  out = Regression(samples, samples.front().time_ms).slope;
  return true;
}

bool PredictLinear(Samples samples, const RangeArgs& args, double& out) {
  if (samples.size() < 2) return false;
  const Line line = Regression(samples, args.time_ms);
  out = line.slope * args.param[0] + line.intercept;
  return true;
}

bool Smoothing(Samples samples, const RangeArgs& args, double& out) {
  if (samples.size() < 2) return false;
  const double smoothing = args.param[0], trending = args.param[1];
  double before = 0, level = samples[0].value;
  double trend = samples[1].value - samples[0].value;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (i > 1) trend = trending * (level - before) + (1 - trending) * trend;
    const double next = smoothing * samples[i].value + (1 - smoothing) * (level + trend);
    before = level;
    level = next;
  }
  out = level;
  return true;
}

bool Changes(Samples samples, const RangeArgs& /*args*/, double& out) {
  if (samples.empty()) return false;
  out = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double was = samples[i - 1].value, is = samples[i].value;
    if (is != was && !(std::isnan(is) && std::isnan(was))) ++out;
  }
  return true;
}

bool Resets(Samples samples, const RangeArgs& /*args*/, double& out) {
  if (samples.empty()) return false;
  out = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].value < samples[i - 1].value) ++out;
  }
  return true;
}

template <class Fold, bool kRoot = false>
bool Folded(Samples samples, const RangeArgs& /*args*/, double& out) {
  if (samples.empty()) return false;
  Fold fold;
  for (const Sample& sample : samples) fold.Add(sample.value);
  out = kRoot ? std::sqrt(fold.value()) : fold.value();
  return true;
}

// NaN gives way to any number.
template <bool kMax>
bool Extreme(Samples samples, const RangeArgs& /*args*/, double& out) {
  if (samples.empty()) return false;
  out = samples.front().value;
  for (const Sample& sample : samples) {
    const bool further = kMax ? sample.value > out : sample.value < out;
    if (further || std::isnan(out)) out = sample.value;
  }
  return true;
}

bool Count(Samples samples, const RangeArgs& /*args*/, double& out) {
  out = static_cast<double>(samples.size());
  return !samples.empty();
}

bool Last(Samples samples, const RangeArgs& /*args*/, double& out) {
  if (samples.empty()) return false;
  out = samples.back().value;
  return true;
}

bool Present(Samples samples, const RangeArgs& /*args*/, double& out) {
  out = 1;
  return !samples.empty();
}

bool QuantileOverTime(Samples samples, const RangeArgs& args, double& out) {
  if (samples.empty()) return false;
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples) values.push_back(sample.value);
  out = Quantile(args.param[0], values);
  return true;
}

}  // namespace

RangeFunction FindRangeFunction(FunctionId id) {
  switch (id) {
    case FunctionId::kAvgOverTime:
      return Folded<MeanFold>;
    case FunctionId::kChanges:
      return Changes;
    case FunctionId::kCountOverTime:
      return Count;
    case FunctionId::kDelta:
      return Rate<FunctionId::kDelta>;
    case FunctionId::kDeriv:
      return Deriv;
    case FunctionId::kDoubleExponentialSmoothing:
    case FunctionId::kHoltWinters:
      return Smoothing;
    case FunctionId::kIdelta:
      return Instant<false>;
    case FunctionId::kIncrease:
      return Rate<FunctionId::kIncrease>;
    case FunctionId::kIrate:
      return Instant<true>;
    case FunctionId::kLastOverTime:
      return Last;
    case FunctionId::kMaxOverTime:
      return Extreme<true>;
    case FunctionId::kMinOverTime:
      return Extreme<false>;
    case FunctionId::kPredictLinear:
      return PredictLinear;
    case FunctionId::kPresentOverTime:
      return Present;
    case FunctionId::kQuantileOverTime:
      return QuantileOverTime;
    case FunctionId::kRate:
      return Rate<FunctionId::kRate>;
    case FunctionId::kResets:
      return Resets;
    case FunctionId::kStddevOverTime:
      return Folded<VarianceFold, true>;
    case FunctionId::kStdvarOverTime:
      return Folded<VarianceFold>;
    case FunctionId::kSumOverTime:
      return Folded<SumFold>;
    default:
      return nullptr;
  }
}

Result<void> CheckRangeArgs(FunctionId id, const RangeArgs& args) {
  if (id != FunctionId::kHoltWinters && id != FunctionId::kDoubleExponentialSmoothing) return {};
  const auto outside = [](double factor) { return factor <= 0 || factor >= 1; };
  if (outside(args.param[0])) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("invalid smoothing factor. Expected: 0 < sf < 1, got: {:f}", args.param[0]));
  }
  if (outside(args.param[1])) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("invalid trend factor. Expected: 0 < tf < 1, got: {:f}", args.param[1]));
  }
  return {};
}

bool KeepsName(FunctionId id) { return id == FunctionId::kLastOverTime; }

Line LineFold::value() const {
  if (constant) return std::isinf(first) ? Line{kNaN, kNaN} : Line{0, first};
  const double sum_x = x.value(), sum_y = y.value();
  const double covariance = xy.value() - sum_x * sum_y / count;
  const double variance = xx.value() - sum_x * sum_x / count;
  const double slope = covariance / variance;
  return {slope, sum_y / count - slope * sum_x / count};
}

double Extrapolate(double difference, const Sample& first, const Sample& last, std::size_t count,
                   FunctionId id, const RangeArgs& args) {
  double to_start = Seconds(first.time_ms - args.start_ms);
  const double to_end = Seconds(args.end_ms - last.time_ms);
  const double sampled = Seconds(last.time_ms - first.time_ms);
  const double average = sampled / static_cast<double>(count - 1);

  // A counter that grows cannot have begun below zero: no further back than where it would be that.
  if (id != FunctionId::kDelta && difference > 0 && first.value >= 0) {
    const double to_zero = sampled * (first.value / difference);
    if (to_zero < to_start) to_start = to_zero;
  }
  // Samples that end about where the window does go on to its edge; else the series began or ended
  // in between, on average half a sample away.
  const double near = average * 1.1;
  double stretched = sampled;
  stretched += to_start < near ? to_start : average / 2;
  stretched += to_end < near ? to_end : average / 2;
  double factor = stretched / sampled;
  if (id == FunctionId::kRate) factor /= Seconds(args.end_ms - args.start_ms);
  return difference * factor;
}

bool LastDifference(const Sample& previous, const Sample& last, bool per_second, double& out) {
  const std::int64_t ms = last.time_ms - previous.time_ms;
  if (ms == 0) return false;
  const bool reset = per_second && last.value < previous.value;
  out = reset ? last.value : last.value - previous.value;
  if (per_second) out /= Seconds(ms);
  return true;
}

}  // namespace ecsward::promql
