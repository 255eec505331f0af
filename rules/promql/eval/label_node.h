// Functions about labels: label_replace, label_join, histogram_quantile.
#pragma once

#include <vector>

#include "rules/promql/eval/label_edit.h"
#include "rules/promql/eval/node.h"
#include "rules/promql/instant_functions.h"

namespace ecsward::promql {

class LabelReplaceNode final : public VectorNode {
 public:
  // With an error in `replacer` every evaluation fails with it, as in Prometheus.
  LabelReplaceNode(VectorPtr vector, Result<LabelReplacer> replacer)
      : vector_(std::move(vector)), replacer_(std::move(replacer)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  const Result<LabelReplacer> replacer_;
  LabelMemory labels_;
  std::uint64_t shape_ = 0;
  VectorBuffer out_;
};

class LabelJoinNode final : public VectorNode {
 public:
  LabelJoinNode(VectorPtr vector, std::string destination, std::string separator,
                std::vector<std::string> sources)
      : vector_(std::move(vector)),
        destination_(std::move(destination)),
        separator_(std::move(separator)),
        sources_(std::move(sources)),
        arguments_(CheckLabelJoin(destination_, sources_)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  const std::string destination_, separator_;
  const std::vector<std::string> sources_;
  const Result<void> arguments_;
  LabelMemory labels_;
  std::uint64_t shape_ = 0;
  VectorBuffer out_;
};

class HistogramQuantileNode final : public VectorNode {
 public:
  HistogramQuantileNode(ScalarPtr quantile, VectorPtr vector)
      : quantile_(std::move(quantile)), vector_(std::move(vector)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  // One histogram: where its buckets stand in the vector, and their bounds.
  struct Position {
    std::uint32_t index = 0;
    double upper_bound = 0;
  };
  struct Histogram {
    Labels labels;
    std::vector<Position> positions;
  };

  bool MakePlan(Evaluation& e, const VectorBuffer& vector);

  const ScalarPtr quantile_;
  const VectorPtr vector_;
  std::uint64_t shape_ = 0;
  std::vector<Histogram> histograms_;
  std::vector<Bucket> buckets_;
  VectorBuffer out_;
};

}  // namespace ecsward::promql
