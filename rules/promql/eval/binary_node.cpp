#include "rules/promql/eval/binary_node.h"

#include "rules/promql/eval/arithmetic.h"

namespace ecsward::promql {

const VectorBuffer* VectorScalarNode::Eval(Evaluation& e, std::int64_t time_ms) {
  double scalar = 0;
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr || !scalar_->Eval(e, time_ms, scalar)) return nullptr;
  if (IsComparison(op_) && !return_bool_) {
    out_.Begin();
    Filter(*in, scalar);
    out_.Finish(e.shapes);
    return &out_;
  }
  const bool drops_name = DropsName(op_, return_bool_);
  if (drops_name && !names_.Update(e, *in)) return nullptr;
  out_.Begin();
  for (std::size_t i = 0; i < in->size(); ++i) {
    const double lhs = scalar_first_ ? scalar : (*in)[i].value;
    const double rhs = scalar_first_ ? (*in)[i].value : scalar;
    out_.Put(drops_name ? names_[i] : (*in)[i].labels, ComputeOrCompare(op_, lhs, rhs));
  }
  out_.Finish(e.shapes);
  return &out_;
}

// What stays is always the vector's own element, on whichever side it stands.
void VectorScalarNode::Filter(const VectorBuffer& in, double scalar) {
  for (const VectorSample& sample : in) {
    const bool stays =
        scalar_first_ ? Compare(op_, scalar, sample.value) : Compare(op_, sample.value, scalar);
    if (stays) out_.Put(sample.labels, sample.value);
  }
}

const VectorBuffer* NegateVectorNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr || !names_.Update(e, *in)) return nullptr;
  out_.Begin();
  for (std::size_t i = 0; i < in->size(); ++i) out_.Put(names_[i], -(*in)[i].value);
  out_.Finish(e.shapes);
  return &out_;
}

}  // namespace ecsward::promql
