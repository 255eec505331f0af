// Functions of instant vectors that look at one element after the other, and those around them:
// abs, clamp, round, the date functions, timestamp, vector, absent, sort.
#pragma once

#include <vector>

#include "rules/promql/eval/label_edit.h"
#include "rules/promql/eval/node.h"
#include "rules/promql/instant_functions.h"

namespace ecsward::promql {

// abs(v), ceil(v), …, and the date functions of a vector.
class MapNode final : public VectorNode {
 public:
  MapNode(ValueFunction function, VectorPtr vector)
      : function_(function), vector_(std::move(vector)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const ValueFunction function_;
  const VectorPtr vector_;
  NameDropper names_;
  VectorBuffer out_;
};

// clamp, clamp_min, clamp_max, round: functions with scalars beside the vector.
class MapWithScalarsNode final : public VectorNode {
 public:
  MapWithScalarsNode(FunctionId id, VectorPtr vector, std::vector<ScalarPtr> params)
      : id_(id), vector_(std::move(vector)), params_(std::move(params)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const FunctionId id_;
  const VectorPtr vector_;
  const std::vector<ScalarPtr> params_;  // two at most
  NameDropper names_;
  VectorBuffer out_;
};

// timestamp(v) of what is no selector: every element is of the evaluation's time.
class TimestampNode final : public VectorNode {
 public:
  explicit TimestampNode(VectorPtr vector) : vector_(std::move(vector)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  NameDropper names_;
  VectorBuffer out_;
};

// timestamp(selector) and its like: the vector as it is, without names.
class DropNamesNode final : public VectorNode {
 public:
  explicit DropNamesNode(VectorPtr vector) : vector_(std::move(vector)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  NameDropper names_;
  VectorBuffer out_;
};

// vector(s); with a function, the date functions without an argument: hour() is
// hour(vector(time())).
class VectorOfScalarNode final : public VectorNode {
 public:
  explicit VectorOfScalarNode(ScalarPtr scalar, ValueFunction function = nullptr)
      : scalar_(std::move(scalar)), function_(function) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const ScalarPtr scalar_;
  const ValueFunction function_;
  VectorBuffer out_;
};

class AbsentNode final : public VectorNode {
 public:
  AbsentNode(VectorPtr vector, LabelPairs labels)
      : vector_(std::move(vector)), labels_(std::move(labels)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  const LabelPairs labels_;
  VectorBuffer out_;
};

// sort, sort_desc: NaN comes last in both.
class SortNode final : public VectorNode {
 public:
  SortNode(VectorPtr vector, bool descending)
      : vector_(std::move(vector)), descending_(descending) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  const bool descending_;
  std::vector<std::uint32_t> order_;
  VectorBuffer out_;
};

// An expression that is the same at all times of one run: `x @ 1609746000`.
class InvariantNode final : public VectorNode {
 public:
  explicit InvariantNode(VectorPtr vector) : vector_(std::move(vector)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  std::uint64_t run_ = 0;
  const VectorBuffer* last_ = nullptr;
};

}  // namespace ecsward::promql
