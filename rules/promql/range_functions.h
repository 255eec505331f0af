// What PromQL's range-vector functions compute over the samples of one window.
//
// Each exists as a plain function over all samples of the window. Those whose result can be carried
// on as the window slides (rate, sum_over_time, …) exist as a RollingWindow too, which is told what
// comes in and what goes out; a test holds the two against each other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

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
  void Pop(const Sample& sample);   // from the old end: the oldest that is still in
  // As RangeFunction over what is in. Sometimes the state cannot say it exactly enough (after a
  // huge value has left a sum, say): `needs_refill` is set, and the caller clears and pushes all of
  // the window again.
  bool Result(const RangeArgs& args, double& out, bool& needs_refill) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ecsward::promql
