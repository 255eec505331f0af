#include "rules/promql/functions.h"

#include <algorithm>
#include <iterator>

namespace ecsward::promql {
namespace {

constexpr ValueType kScalar = ValueType::kScalar, kVector = ValueType::kVector,
                    kMatrix = ValueType::kMatrix, kString = ValueType::kString;
using Id = FunctionId;

// id, name, result, arguments, how many, variadic
// clang-format off
constexpr Function kFunctions[] = {
    {Id::kAbs, "abs", kVector, {kVector}, 1, 0},
    {Id::kAbsent, "absent", kVector, {kVector}, 1, 0},
    {Id::kAbsentOverTime, "absent_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kAcos, "acos", kVector, {kVector}, 1, 0},
    {Id::kAcosh, "acosh", kVector, {kVector}, 1, 0},
    {Id::kAsin, "asin", kVector, {kVector}, 1, 0},
    {Id::kAsinh, "asinh", kVector, {kVector}, 1, 0},
    {Id::kAtan, "atan", kVector, {kVector}, 1, 0},
    {Id::kAtanh, "atanh", kVector, {kVector}, 1, 0},
    {Id::kAvgOverTime, "avg_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kCeil, "ceil", kVector, {kVector}, 1, 0},
    {Id::kChanges, "changes", kVector, {kMatrix}, 1, 0},
    {Id::kClamp, "clamp", kVector, {kVector, kScalar, kScalar}, 3, 0},
    {Id::kClampMax, "clamp_max", kVector, {kVector, kScalar}, 2, 0},
    {Id::kClampMin, "clamp_min", kVector, {kVector, kScalar}, 2, 0},
    {Id::kCos, "cos", kVector, {kVector}, 1, 0},
    {Id::kCosh, "cosh", kVector, {kVector}, 1, 0},
    {Id::kCountOverTime, "count_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kDayOfMonth, "day_of_month", kVector, {kVector}, 1, 1},
    {Id::kDayOfWeek, "day_of_week", kVector, {kVector}, 1, 1},
    {Id::kDayOfYear, "day_of_year", kVector, {kVector}, 1, 1},
    {Id::kDaysInMonth, "days_in_month", kVector, {kVector}, 1, 1},
    {Id::kDeg, "deg", kVector, {kVector}, 1, 0},
    {Id::kDelta, "delta", kVector, {kMatrix}, 1, 0},
    {Id::kDeriv, "deriv", kVector, {kMatrix}, 1, 0},
    {Id::kDoubleExponentialSmoothing, "double_exponential_smoothing", kVector, {kMatrix, kScalar, kScalar}, 3, 0},
    {Id::kExp, "exp", kVector, {kVector}, 1, 0},
    {Id::kFloor, "floor", kVector, {kVector}, 1, 0},
    {Id::kHistogramQuantile, "histogram_quantile", kVector, {kScalar, kVector}, 2, 0},
    {Id::kHoltWinters, "holt_winters", kVector, {kMatrix, kScalar, kScalar}, 3, 0},
    {Id::kHour, "hour", kVector, {kVector}, 1, 1},
    {Id::kIdelta, "idelta", kVector, {kMatrix}, 1, 0},
    {Id::kIncrease, "increase", kVector, {kMatrix}, 1, 0},
    {Id::kIrate, "irate", kVector, {kMatrix}, 1, 0},
    {Id::kLabelJoin, "label_join", kVector, {kVector, kString, kString, kString}, 4, -1},
    {Id::kLabelReplace, "label_replace", kVector, {kVector, kString, kString, kString, kString}, 5, 0},
    {Id::kLastOverTime, "last_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kLn, "ln", kVector, {kVector}, 1, 0},
    {Id::kLog10, "log10", kVector, {kVector}, 1, 0},
    {Id::kLog2, "log2", kVector, {kVector}, 1, 0},
    {Id::kMaxOverTime, "max_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kMinOverTime, "min_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kMinute, "minute", kVector, {kVector}, 1, 1},
    {Id::kMonth, "month", kVector, {kVector}, 1, 1},
    {Id::kPi, "pi", kScalar, {}, 0, 0},
    {Id::kPredictLinear, "predict_linear", kVector, {kMatrix, kScalar}, 2, 0},
    {Id::kPresentOverTime, "present_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kQuantileOverTime, "quantile_over_time", kVector, {kScalar, kMatrix}, 2, 0},
    {Id::kRad, "rad", kVector, {kVector}, 1, 0},
    {Id::kRate, "rate", kVector, {kMatrix}, 1, 0},
    {Id::kResets, "resets", kVector, {kMatrix}, 1, 0},
    {Id::kRound, "round", kVector, {kVector, kScalar}, 2, 1},
    {Id::kScalar, "scalar", kScalar, {kVector}, 1, 0},
    {Id::kSgn, "sgn", kVector, {kVector}, 1, 0},
    {Id::kSin, "sin", kVector, {kVector}, 1, 0},
    {Id::kSinh, "sinh", kVector, {kVector}, 1, 0},
    {Id::kSort, "sort", kVector, {kVector}, 1, 0},
    {Id::kSortDesc, "sort_desc", kVector, {kVector}, 1, 0},
    {Id::kSqrt, "sqrt", kVector, {kVector}, 1, 0},
    {Id::kStddevOverTime, "stddev_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kStdvarOverTime, "stdvar_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kSumOverTime, "sum_over_time", kVector, {kMatrix}, 1, 0},
    {Id::kTan, "tan", kVector, {kVector}, 1, 0},
    {Id::kTanh, "tanh", kVector, {kVector}, 1, 0},
    {Id::kTime, "time", kScalar, {}, 0, 0},
    {Id::kTimestamp, "timestamp", kVector, {kVector}, 1, 0},
    {Id::kVector, "vector", kVector, {kScalar}, 1, 0},
    {Id::kYear, "year", kVector, {kVector}, 1, 1},
};
// clang-format on

constexpr bool SortedAndInOrder() {
  for (std::size_t i = 0; i < std::size(kFunctions); ++i) {
    if (static_cast<std::size_t>(kFunctions[i].id) != i) return false;
    if (i > 0 && kFunctions[i - 1].name >= kFunctions[i].name) return false;
  }
  return true;
}
static_assert(SortedAndInOrder());

}  // namespace

std::span<const Function> AllFunctions() { return kFunctions; }

const Function* FindFunction(std::string_view name) {
  const auto* const it =
      std::lower_bound(std::begin(kFunctions), std::end(kFunctions), name,
                       [](const Function& f, std::string_view n) { return f.name < n; });
  return it != std::end(kFunctions) && it->name == name ? it : nullptr;
}

}  // namespace ecsward::promql
