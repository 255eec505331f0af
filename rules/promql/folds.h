// The sums behind the range functions, in the order and with the rounding of Prometheus: what
// range_functions runs over a whole window, and a RollingWindow as long as nothing has left it.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "rules/promql/range_functions.h"

namespace ecsward::promql {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInf = std::numeric_limits<double>::infinity();

// Kahan's sum as Neumaier improved it.
struct CompensatedSum {
  double sum = 0, rest = 0;
  void Add(double x) {
    const double total = sum + x;
    rest += std::fabs(sum) >= std::fabs(x) ? (sum - total) + x : (x - total) + sum;
    sum = total;
  }
  double value() const { return sum + rest; }
};

struct SumFold {
  CompensatedSum sum;
  void Add(double x) { sum.Add(x); }
  double value() const { return std::isinf(sum.sum) ? sum.sum : sum.value(); }
};

// A running mean, which cannot overflow where a sum does.
struct MeanFold {
  CompensatedSum mean;
  double count = 0;
  void Add(double x) {
    ++count;
    if (std::isinf(mean.sum)) {
      // What is finite, or infinite on the same side, does not change it; Inf - Inf would be NaN.
      if (std::isinf(x) ? (mean.sum > 0) == (x > 0) : !std::isnan(x)) return;
    }
    mean.Add(x / count - mean.sum / count);
  }
  double value() const { return std::isinf(mean.sum) ? mean.sum : mean.value(); }
};

// Welford's.
struct VarianceFold {
  CompensatedSum mean, squares;
  double count = 0;
  void Add(double x) {
    ++count;
    const double delta = x - mean.value();
    mean.Add(delta / count);
    squares.Add(delta * (x - mean.value()));
  }
  double value() const { return squares.value() / count; }
};

// A straight line through samples, x in seconds after some origin.
struct Line {
  double slope = 0, intercept = 0;
};
struct LineFold {
  CompensatedSum x, y, xy, xx;
  double count = 0, first = 0;
  bool constant = true;
  void Add(double at, double value) {
    if (count == 0) first = value;
    // The first sample is equal to itself even where it is NaN.
    if (count > 0 && value != first) constant = false;
    ++count;
    x.Add(at);
    y.Add(value);
    xy.Add(at * value);
    xx.Add(at * at);
  }
  Line value() const;  // of at least one sample
};

// rate, increase and delta: `difference` between the first and last of `count` ≥ 2 samples, resets
// made good, stretched to where the series probably reaches within the window.
double Extrapolate(double difference, const Sample& first, const Sample& last, std::size_t count,
                   FunctionId id, const RangeArgs& args);

// irate and idelta.
bool LastDifference(const Sample& previous, const Sample& last, bool per_second, double& out);

}  // namespace ecsward::promql
