// `and`, `or`, `unless`.
#pragma once

#include <vector>

#include "rules/promql/eval/label_edit.h"
#include "rules/promql/eval/node.h"

namespace ecsward::promql {

class SetNode final : public VectorNode {
 public:
  // `binary` outlives this.
  SetNode(const Binary& binary, VectorPtr lhs, VectorPtr rhs)
      : binary_(binary), lhs_(std::move(lhs)), rhs_(std::move(rhs)) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  bool MakePlan(Evaluation& e, const VectorBuffer& lhs, const VectorBuffer& rhs);

  const Binary& binary_;
  const VectorPtr lhs_, rhs_;
  std::uint64_t lhs_shape_ = 0, rhs_shape_ = 0;
  LabelMemory lhs_signatures_, rhs_signatures_;
  std::vector<std::uint32_t> from_lhs_, from_rhs_;  // positions of what the result consists of
  std::vector<const void*> signatures_;
  VectorBuffer out_;
};

}  // namespace ecsward::promql
