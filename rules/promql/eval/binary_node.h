// A vector and a scalar: `node_load1 > 4`, `100 * (1 - idle)`.
#pragma once

#include "rules/promql/eval/label_edit.h"
#include "rules/promql/eval/node.h"

namespace ecsward::promql {

class VectorScalarNode final : public VectorNode {
 public:
  // `scalar_first`: the scalar is the left operand. `op` is no set operator.
  VectorScalarNode(BinaryOp op, bool return_bool, VectorPtr vector, ScalarPtr scalar,
                   bool scalar_first)
      : op_(op),
        return_bool_(return_bool),
        scalar_first_(scalar_first),
        vector_(std::move(vector)),
        scalar_(std::move(scalar)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  void Filter(const VectorBuffer& in, double scalar);

  const BinaryOp op_;
  const bool return_bool_, scalar_first_;
  const VectorPtr vector_;
  const ScalarPtr scalar_;
  NameDropper names_;
  VectorBuffer out_;
};

// `-vector`.
class NegateVectorNode final : public VectorNode {
 public:
  explicit NegateVectorNode(VectorPtr vector) : vector_(std::move(vector)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorPtr vector_;
  NameDropper names_;
  VectorBuffer out_;
};

}  // namespace ecsward::promql
