// What PromQL's range-vector functions compute over the samples of one window.
//
// Each exists as a plain function over all samples of the window. Those whose result can be carried
// on as the window slides (rate, sum_over_time, …) exist as a RollingWindow too, which is told what
// comes in and what goes out; a test holds the two against each other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"
#include "metrics/history.h"
#include "rules/promql/functions.h"

namespace ecsward::promql {

// The window the samples were taken from, and the function's other arguments.
struct RangeArgs {
  std::int64_t start_ms = 0, end_ms = 0;  // both included; what rate extrapolates to
  std::int64_t time_ms = 0;               // of the evaluation, for predict_linear
  double param[2] = {0, 0};               // in order: quantile's φ; smoothing's sf and tf; seconds
};

// False: no result for this series. `samples` ascend in time and hold no stale marker.
using RangeFunction = bool (*)(std::span<const Sample> samples, const RangeArgs& args, double& out);

// Null for what is no range function. absent_over_time is the evaluator's own business.
RangeFunction FindRangeFunction(FunctionId id);

// What Prometheus finds wrong with arguments that only the evaluation knows, once there is a
// series. errors: kInvalidArgument `invalid smoothing factor. Expected: 0 < sf < 1, got: 2.000000`
Result<void> CheckRangeArgs(FunctionId id, const RangeArgs& args);

// last_over_time alone keeps the metric's name.
bool KeepsName(FunctionId id);

// The state of one window of one series. Push and Pop come in the samples' order.
class RollingWindow {
 public:
  // Whether this function can be carried on.
  static bool Supports(FunctionId id);

  explicit RollingWindow(FunctionId id);
  ~RollingWindow();
  RollingWindow(RollingWindow&&) noexcept;
  RollingWindow& operator=(RollingWindow&&) noexcept;

  void Clear();
  void Push(const Sample& sample);  // at the new end
  // Takes `oldest`, the oldest that is still in, from the old end; `next`, which stays in, is then
  // the oldest. A window that gets empty is cleared instead: the last sample is never popped.
  void Pop(const Sample& oldest, const Sample& next);
  // As RangeFunction over what is in. Sometimes the state cannot say it exactly enough (after a
  // huge value has left a sum, say): `needs_refill` is set, and the caller clears and pushes all of
  // the window again. Right after that it is never set.
  bool Result(const RangeArgs& args, double& out, bool& needs_refill) const;

  struct State;  // rules/promql/rolling_state.h

 private:
  std::unique_ptr<State> state_;
};

}  // namespace ecsward::promql
