#include "rules/promql/eval/set_node.h"

#include <algorithm>

namespace ecsward::promql {
namespace {

void Collect(const LabelMemory& memory, std::vector<const void*>& out) {
  out.clear();
  for (std::size_t i = 0; i < memory.size(); ++i) out.push_back(memory[i].identity());
  std::sort(out.begin(), out.end());
}

}  // namespace

const VectorBuffer* SetNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* lhs = lhs_->Eval(e, time_ms);
  if (lhs == nullptr) return nullptr;
  const VectorBuffer* rhs = rhs_->Eval(e, time_ms);
  if (rhs == nullptr) return nullptr;
  if ((lhs->shape() != lhs_shape_ || rhs->shape() != rhs_shape_) && !MakePlan(e, *lhs, *rhs)) {
    return nullptr;
  }
  out_.Begin();
  for (const std::uint32_t i : from_lhs_) out_.Put((*lhs)[i].labels, (*lhs)[i].value);
  for (const std::uint32_t i : from_rhs_) out_.Put((*rhs)[i].labels, (*rhs)[i].value);
  out_.Finish(e.shapes);
  return &out_;
}

bool SetNode::MakePlan(Evaluation& e, const VectorBuffer& lhs, const VectorBuffer& rhs) {
  static constexpr VectorMatching kPlain;
  const VectorMatching& matching = binary_.matching ? *binary_.matching : kPlain;
  lhs_shape_ = rhs_shape_ = 0;
  const auto signature = [&matching, &e](const Labels& labels) {
    return Signature(e, labels, matching.on, matching.labels);
  };
  lhs_signatures_.Update(lhs, signature);
  rhs_signatures_.Update(rhs, signature);

  const auto positions = [this](const LabelMemory& memory, bool wanted,
                                std::vector<std::uint32_t>& out) {
    for (std::uint32_t i = 0; i < memory.size(); ++i) {
      const bool found =
          std::binary_search(signatures_.begin(), signatures_.end(), memory[i].identity());
      if (found == wanted) out.push_back(i);
    }
  };
  from_lhs_.clear();
  from_rhs_.clear();
  if (binary_.op == BinaryOp::kOr) {
    for (std::uint32_t i = 0; i < lhs.size(); ++i) from_lhs_.push_back(i);
    Collect(lhs_signatures_, signatures_);
    positions(rhs_signatures_, false, from_rhs_);
    e.identities.clear();
    for (const VectorSample& sample : lhs) e.identities.push_back(sample.labels.identity());
    for (const std::uint32_t i : from_rhs_) e.identities.push_back(rhs[i].labels.identity());
    if (HaveTwins(e.identities)) return FailSameLabels(e);
  } else {
    Collect(rhs_signatures_, signatures_);
    positions(lhs_signatures_, binary_.op == BinaryOp::kAnd, from_lhs_);
  }
  lhs_shape_ = lhs.shape();
  rhs_shape_ = rhs.shape();
  return true;
}

}  // namespace ecsward::promql
