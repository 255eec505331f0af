// abs, ceil, …: functions of one value, and quantiles of several.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "rules/promql/calendar_functions.h"
#include "rules/promql/instant_functions.h"

namespace ecsward::promql {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

double Sgn(double value) { return value < 0 ? -1 : value > 0 ? 1 : value; }
double Deg(double value) { return value * 180 / std::numbers::pi; }
double Rad(double value) { return value * std::numbers::pi / 180; }

// As Go computes them: powers of two exactly, log10 by way of log2, so that floor(log10(1000)) is
// here what it is there.
double Log2(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  if (fraction == 0.5) return exponent - 1;
  return std::isfinite(value) ? std::log(fraction) * std::numbers::log2e + exponent
                              : std::log(value);
}
double Log10(double value) {
  constexpr double kLog10Of2 = 0.30102999566398119521;
  return Log2(value) * kLog10Of2;
}

}  // namespace

ValueFunction FindValueFunction(FunctionId id) {
  switch (id) {
    case FunctionId::kAbs:
      return [](double x) { return std::fabs(x); };
    case FunctionId::kAcos:
      return [](double x) { return std::acos(x); };
    case FunctionId::kAcosh:
      return [](double x) { return std::acosh(x); };
    case FunctionId::kAsin:
      return [](double x) { return std::asin(x); };
    case FunctionId::kAsinh:
      return [](double x) { return std::asinh(x); };
    case FunctionId::kAtan:
      return [](double x) { return std::atan(x); };
    case FunctionId::kAtanh:
      return [](double x) { return std::atanh(x); };
    case FunctionId::kCeil:
      return [](double x) { return std::ceil(x); };
    case FunctionId::kCos:
      return [](double x) { return std::cos(x); };
    case FunctionId::kCosh:
      return [](double x) { return std::cosh(x); };
    case FunctionId::kDeg:
      return Deg;
    case FunctionId::kExp:
      return [](double x) { return std::exp(x); };
    case FunctionId::kFloor:
      return [](double x) { return std::floor(x); };
    case FunctionId::kLn:
      return [](double x) { return std::log(x); };
    case FunctionId::kLog10:
      return Log10;
    case FunctionId::kLog2:
      return Log2;
    case FunctionId::kRad:
      return Rad;
    case FunctionId::kSgn:
      return Sgn;
    case FunctionId::kSin:
      return [](double x) { return std::sin(x); };
    case FunctionId::kSinh:
      return [](double x) { return std::sinh(x); };
    case FunctionId::kSqrt:
      return [](double x) { return std::sqrt(x); };
    case FunctionId::kTan:
      return [](double x) { return std::tan(x); };
    case FunctionId::kTanh:
      return [](double x) { return std::tanh(x); };
    default:
      return FindCalendarFunction(id);
  }
}

double Round(double value, double to_nearest) {
  const double inverse = 1 / to_nearest;
  return std::floor(value * inverse + 0.5) / inverse;
}

// The infinite bound that decides alone is asked first: it wins over NaN, as in Go's Max and Min.
double ClampMin(double value, double min) {
  if (value == kInf || min == kInf) return kInf;
  if (std::isnan(value) || std::isnan(min)) return kNaN;
  return std::fmax(value, min);
}

double ClampMax(double value, double max) {
  if (value == -kInf || max == -kInf) return -kInf;
  if (std::isnan(value) || std::isnan(max)) return kNaN;
  return std::fmin(value, max);
}

double Clamp(double value, double min, double max) { return ClampMin(ClampMax(value, max), min); }

double Quantile(double q, std::span<double> values) {
  if (values.empty() || std::isnan(q)) return kNaN;
  if (q < 0) return -kInf;
  if (q > 1) return kInf;
  std::sort(values.begin(), values.end(), [](double a, double b) {
    return std::isnan(a) || std::isnan(b) ? std::isnan(a) && !std::isnan(b) : a < b;  // NaN first
  });
  const auto last = static_cast<double>(values.size() - 1);
  const double rank = q * last;
  const double lower = std::floor(rank);
  const double weight = rank - lower;
  return values[static_cast<std::size_t>(lower)] * (1 - weight) +
         values[static_cast<std::size_t>(std::fmin(last, lower + 1))] * weight;
}

}  // namespace ecsward::promql
