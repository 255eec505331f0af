// What a RollingWindow keeps: one small state for each kind of function.
//
// Sums come in two forms. As long as nothing has left the window they are folds (folds.h), equal
// bit by bit to the function over the whole window. From the first Pop on, they are double-doubles,
// which take a value out as exactly as they took it in. NaN, infinities and numbers so big that
// sums would overflow are only counted: so they can leave again.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>

#include "rules/promql/range_functions.h"

namespace ecsward::promql {

struct RollingWindow::State {
  virtual ~State() = default;
  virtual void Clear() = 0;
  virtual void Push(const Sample& sample) = 0;
  virtual void Pop(const Sample& oldest, const Sample& next) = 0;
  virtual bool Result(const RangeArgs& args, double& out, bool& needs_refill) const = 0;
};

using RollingStatePtr = std::unique_ptr<RollingWindow::State>;

// Null for functions of another family.
RollingStatePtr MakeCounterState(FunctionId id);     // rate … resets, count, last, present
RollingStatePtr MakeMomentState(FunctionId id);      // sum, avg, stddev, stdvar
RollingStatePtr MakeExtremeState(FunctionId id);     // min, max
RollingStatePtr MakeRegressionState(FunctionId id);  // deriv, predict_linear

// Where values nearly cancel out, the result of Prometheus is mostly its rounding. A short window
// is then done anew, so that both say the same; in a long one the exact result has to do.
inline constexpr std::uint32_t kMatchRoundingUpTo = 1024;

// How many values of the window are none to add up.
struct OddValues {
  std::uint32_t nan = 0, plus_inf = 0, minus_inf = 0, huge = 0;
  // Whether `value` is an ordinary one; otherwise counts it, or no longer.
  bool Enter(double value, double limit) { return Count(value, limit, 1); }
  bool Leave(double value, double limit) { return Count(value, limit, ~std::uint32_t{0}); }
  bool AnyInfinite() const { return plus_inf != 0 || minus_inf != 0; }

 private:
  bool Count(double value, double limit, std::uint32_t by) {
    if (std::fabs(value) <= limit) return true;
    (std::isnan(value) ? nan : !std::isinf(value) ? huge : value > 0 ? plus_inf : minus_inf) += by;
    return false;
  }
};

}  // namespace ecsward::promql
