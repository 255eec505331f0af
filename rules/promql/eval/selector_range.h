// A range selector: a window over each series that matches.
#pragma once

#include <vector>

#include "rules/promql/eval/node.h"
#include "rules/promql/eval/selector_node.h"
#include "rules/promql/eval/series_reader.h"

namespace ecsward::promql {

class SelectorRange final : public RangeNode {
 public:
  // `selector` outlives this. `rolling`: the function that Apply will be called for, when it can be
  // carried on.
  SelectorRange(const MatrixSelector& selector, std::optional<FunctionId> rolling)
      : selector_(selector), rolling_(rolling), series_(selector.selector->matchers) {}

  bool MoveTo(Evaluation& e, std::int64_t time_ms) override;
  std::size_t size() const override { return windows_.size(); }
  const Labels& labels(std::size_t index) const override { return series_.labels(index); }
  std::span<const Sample> Samples(Evaluation& e, std::size_t index) override;
  bool Apply(Evaluation& e, std::size_t index, RangeFunction function, const RangeArgs& args,
             bool& has, double& out) override;

 private:
  void Reselect(Evaluation& e);

  const MatrixSelector& selector_;
  const std::optional<FunctionId> rolling_;
  SeriesSelection series_;
  std::vector<SeriesWindow> windows_;
  std::vector<Labels> window_labels_;  // whose samples a window has seen: ids are given out again
  std::vector<Sample> decoded_;
};

}  // namespace ecsward::promql
