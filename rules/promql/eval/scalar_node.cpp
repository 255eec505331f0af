#include "rules/promql/eval/scalar_node.h"

#include <limits>

#include "rules/promql/eval/arithmetic.h"

namespace ecsward::promql {

bool ConstantNode::Eval(Evaluation& /*e*/, std::int64_t /*time_ms*/, double& out) {
  out = value_;
  return true;
}

bool TimeNode::Eval(Evaluation& /*e*/, std::int64_t time_ms, double& out) {
  out = static_cast<double>(time_ms) / 1000;
  return true;
}

bool ScalarOfVectorNode::Eval(Evaluation& e, std::int64_t time_ms, double& out) {
  const VectorBuffer* vector = vector_->Eval(e, time_ms);
  if (vector == nullptr) return false;
  out = vector->size() == 1 ? (*vector)[0].value : std::numeric_limits<double>::quiet_NaN();
  return true;
}

bool NegateScalarNode::Eval(Evaluation& e, std::int64_t time_ms, double& out) {
  if (!scalar_->Eval(e, time_ms, out)) return false;
  out = -out;
  return true;
}

bool BinaryScalarNode::Eval(Evaluation& e, std::int64_t time_ms, double& out) {
  double lhs = 0, rhs = 0;
  if (!lhs_->Eval(e, time_ms, lhs) || !rhs_->Eval(e, time_ms, rhs)) return false;
  out = ComputeOrCompare(op_, lhs, rhs);
  return true;
}

}  // namespace ecsward::promql
