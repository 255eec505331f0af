// sum, avg, … by and without: many series to one for each group. Which group a series belongs to is
// worked out once for each shape of the input.
#pragma once

#include <vector>

#include "rules/promql/eval/label_edit.h"
#include "rules/promql/eval/node.h"

namespace ecsward::promql {

// The groups of a vector's elements, in the order in which they first appear.
class Grouping {
 public:
  // `aggregate` outlives this.
  explicit Grouping(const Aggregate& aggregate) : aggregate_(aggregate) {}

  void Update(Evaluation& e, const VectorBuffer& vector) {
    if (vector.shape() != shape_) Rebuild(e, vector);
  }
  std::size_t size() const { return labels_.size(); }
  const Labels& labels(std::size_t group) const { return labels_[group]; }
  std::uint32_t group_of(std::size_t position) const { return group_of_[position]; }
  // Positions of the group's elements, ascending.
  std::span<const std::uint32_t> members(std::size_t group) const {
    return std::span(members_).subspan(begin_[group], begin_[group + 1] - begin_[group]);
  }

 private:
  void Rebuild(Evaluation& e, const VectorBuffer& vector);

  const Aggregate& aggregate_;
  std::uint64_t shape_ = 0;
  LabelMemory group_labels_;
  std::vector<Labels> labels_;
  std::vector<std::uint32_t> group_of_, members_;
  std::vector<std::size_t> begin_;
};

// sum, avg, min, max, count, group, stddev, stdvar.
class FoldNode final : public VectorNode {
 public:
  FoldNode(const Aggregate& aggregate, VectorPtr vector)
      : op_(aggregate.op), vector_(std::move(vector)), grouping_(aggregate) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

  struct Sum {
    double value = 0, mean = 0;
    std::uint64_t count = 0;
  };

 private:
  const AggregateOp op_;
  const VectorPtr vector_;
  Grouping grouping_;
  std::vector<Sum> sums_;
  VectorBuffer out_;
};

// quantile.
class QuantileNode final : public VectorNode {
 public:
  QuantileNode(const Aggregate& aggregate, VectorPtr vector, ScalarPtr param)
      : vector_(std::move(vector)), param_(std::move(param)), grouping_(aggregate) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  const ScalarPtr param_;
  Grouping grouping_;
  std::vector<double> values_;
  VectorBuffer out_;
};

// topk, bottomk, limitk: some of the elements of each group, with all their labels.
class SelectNode final : public VectorNode {
 public:
  SelectNode(const Aggregate& aggregate, VectorPtr vector, ScalarPtr param)
      : op_(aggregate.op),
        vector_(std::move(vector)),
        param_(std::move(param)),
        grouping_(aggregate) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

  struct Entry {
    double value = 0;
    std::uint32_t position = 0;
  };

 private:
  void Best(const VectorBuffer& in, std::span<const std::uint32_t> members, std::size_t k);

  const AggregateOp op_;
  const VectorPtr vector_;
  const ScalarPtr param_;
  Grouping grouping_;
  std::vector<Entry> heap_;
  VectorBuffer out_;
};

// count_values: the groups depend on the values, so they are found anew each time.
class CountValuesNode final : public VectorNode {
 public:
  // `aggregate` outlives this.
  CountValuesNode(const Aggregate& aggregate, VectorPtr vector, std::string label);
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const Aggregate& aggregate_;
  const VectorPtr vector_;
  const std::string label_;
  std::vector<std::string> grouping_;
  VectorBuffer out_;
};

}  // namespace ecsward::promql
