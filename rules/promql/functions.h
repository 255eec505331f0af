// The table of PromQL's functions: names, types of the arguments, type of the result. What each of
// them computes stands in range_functions, instant_functions and label_functions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/promql/ast.h"

namespace ecsward::promql {

// Which function a call is for. In the order of the table.
enum class FunctionId : std::uint8_t {
  kAbs,
  kAbsent,
  kAbsentOverTime,
  kAcos,
  kAcosh,
  kAsin,
  kAsinh,
  kAtan,
  kAtanh,
  kAvgOverTime,
  kCeil,
  kChanges,
  kClamp,
  kClampMax,
  kClampMin,
  kCos,
  kCosh,
  kCountOverTime,
  kDayOfMonth,
  kDayOfWeek,
  kDayOfYear,
  kDaysInMonth,
  kDeg,
  kDelta,
  kDeriv,
  kDoubleExponentialSmoothing,
  kExp,
  kFloor,
  kHistogramQuantile,
  kHoltWinters,
  kHour,
  kIdelta,
  kIncrease,
  kIrate,
  kLabelJoin,
  kLabelReplace,
  kLastOverTime,
  kLn,
  kLog10,
  kLog2,
  kMaxOverTime,
  kMinOverTime,
  kMinute,
  kMonth,
  kPi,
  kPredictLinear,
  kPresentOverTime,
  kQuantileOverTime,
  kRad,
  kRate,
  kResets,
  kRound,
  kScalar,
  kSgn,
  kSin,
  kSinh,
  kSort,
  kSortDesc,
  kSqrt,
  kStddevOverTime,
  kStdvarOverTime,
  kSumOverTime,
  kTan,
  kTanh,
  kTime,
  kTimestamp,
  kVector,
  kYear,
};

struct Function {
  FunctionId id;
  std::string_view name;
  ValueType result;
  ValueType args[5];  // the kinds of the arguments, first `arg_count` of them
  std::uint8_t arg_count;
  std::int8_t variadic;  // 0: exactly arg_count; n: the last n may be missing; -1: the last may
                         // be repeated or missing
};

std::span<const Function> AllFunctions();             // sorted by name
const Function* FindFunction(std::string_view name);  // null when there is none

}  // namespace ecsward::promql
