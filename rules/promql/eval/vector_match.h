// Two vectors element by element: `a / on (device) group_left (model) b`.
//
// Which elements belong together depends on labels alone, so it is worked out once for the shapes
// of both sides and used until one of them changes.
#pragma once

#include <unordered_map>
#include <vector>

#include "rules/promql/eval/label_edit.h"
#include "rules/promql/eval/node.h"

namespace ecsward::promql {

class VectorMatchNode final : public VectorNode {
 public:
  // `binary` outlives this; no set operator.
  VectorMatchNode(const Binary& binary, VectorPtr lhs, VectorPtr rhs);
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  // Elements of the "many" and the "one" side, and what their result is called.
  struct Match {
    std::uint32_t many = 0, one = 0;
    Labels labels;
  };

  bool MakePlan(Evaluation& e, const VectorBuffer& many, const VectorBuffer& one);
  bool FailDuplicate(Evaluation& e, const Labels& first, const Labels& second) const;
  Labels ResultLabels(Evaluation& e, const Labels& many, const Labels& one) const;
  bool CheckKept(Evaluation& e, const std::vector<std::uint32_t>& kept);

  const Binary& binary_;
  const VectorMatching& matching_;
  const bool swapped_;  // group_right: the "many" side is the right one
  const VectorPtr many_, one_;

  std::uint64_t many_shape_ = 0, one_shape_ = 0;
  LabelMemory many_signatures_, one_signatures_;
  std::vector<Match> matches_;
  bool may_collide_ = false;  // two matches share the "one", or the labels of the result
  std::vector<std::uint32_t> kept_;
  VectorBuffer out_;
};

}  // namespace ecsward::promql
