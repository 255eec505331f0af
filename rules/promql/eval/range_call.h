// A function over a range vector: `rate(x[5m])`, `max_over_time(…[1h:1m])`, `absent_over_time`.
#pragma once

#include <vector>

#include "rules/promql/eval/label_edit.h"
#include "rules/promql/eval/node.h"

namespace ecsward::promql {

class RangeCallNode final : public VectorNode {
 public:
  // `params`: the scalar arguments in their order, two at most.
  RangeCallNode(FunctionId id, RangePtr range, std::vector<ScalarPtr> params)
      : id_(id),
        function_(FindRangeFunction(id)),
        range_(std::move(range)),
        params_(std::move(params)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  // What is remembered of one series of the range.
  struct Series {
    Labels labels;  // of the result
    // Series whose results are called the same form a ring; most are alone in theirs.
    std::uint32_t next_twin = 0;
    bool has_results = false;
    std::int64_t last_result_ms = 0;
  };

  void Rebuild(Evaluation& e);
  bool CheckArgs(Evaluation& e, const RangeArgs& args);
  bool CheckTwins(Evaluation& e, std::uint32_t index, std::int64_t time_ms);

  const FunctionId id_;
  const RangeFunction function_;
  const RangePtr range_;
  const std::vector<ScalarPtr> params_;
  std::uint64_t shape_ = 0;
  std::vector<Series> series_;
  VectorBuffer out_;
};

// 1 when no series has a sample in the window, called after the selector's equality matchers.
class AbsentOverTimeNode final : public VectorNode {
 public:
  AbsentOverTimeNode(RangePtr range, LabelPairs labels)
      : range_(std::move(range)), labels_(std::move(labels)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;
  // The function that asks whether a window has any sample.
  static constexpr FunctionId kProbe = FunctionId::kPresentOverTime;

 private:
  const RangePtr range_;
  const LabelPairs labels_;
  VectorBuffer out_;
};

}  // namespace ecsward::promql
