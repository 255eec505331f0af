#include "rules/promql/eval/vector_match.h"

#include <utility>

#include "rules/promql/eval/arithmetic.h"

namespace ecsward::promql {
namespace {

constexpr VectorMatching kPlain;

}  // namespace

VectorMatchNode::VectorMatchNode(const Binary& binary, VectorPtr lhs, VectorPtr rhs)
    : binary_(binary),
      matching_(binary.matching ? *binary.matching : kPlain),
      swapped_(matching_.cardinality == Cardinality::kOneToMany),
      many_(std::move(swapped_ ? rhs : lhs)),
      one_(std::move(swapped_ ? lhs : rhs)) {}

const VectorBuffer* VectorMatchNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* many = many_->Eval(e, time_ms);
  if (many == nullptr) return nullptr;
  const VectorBuffer* one = one_->Eval(e, time_ms);
  if (one == nullptr) return nullptr;
  if ((many->shape() != many_shape_ || one->shape() != one_shape_) && !MakePlan(e, *many, *one)) {
    return nullptr;
  }

  const bool compares = IsComparison(binary_.op);
  kept_.clear();
  out_.Begin();
  for (std::size_t i = 0; i < matches_.size(); ++i) {
    const Match& match = matches_[i];
    double lhs = (*many)[match.many].value, rhs = (*one)[match.one].value;
    if (swapped_) std::swap(lhs, rhs);
    double value = lhs;
    if (!compares) {
      value = Compute(binary_.op, lhs, rhs);
    } else if (binary_.return_bool) {
      value = Compare(binary_.op, lhs, rhs) ? 1 : 0;
    } else if (!Compare(binary_.op, lhs, rhs)) {
      continue;
    }
    out_.Put(match.labels, value);
    if (may_collide_) kept_.push_back(static_cast<std::uint32_t>(i));
  }
  if (may_collide_ && !CheckKept(e, kept_)) return nullptr;
  out_.Finish(e.shapes);
  return &out_;
}

bool VectorMatchNode::MakePlan(Evaluation& e, const VectorBuffer& many, const VectorBuffer& one) {
  many_shape_ = one_shape_ = 0;
  matches_.clear();
  may_collide_ = false;
  if (!many.empty() && !one.empty()) {
    const auto signature = [this, &e](const Labels& labels) {
      return Signature(e, labels, matching_.on, matching_.labels);
    };
    many_signatures_.Update(many, signature);
    one_signatures_.Update(one, signature);

    std::unordered_map<const void*, std::uint32_t> by_signature;
    for (std::uint32_t i = 0; i < one.size(); ++i) {
      const auto [it, added] = by_signature.try_emplace(one_signatures_[i].identity(), i);
      if (!added) return FailDuplicate(e, one[i].labels, one[it->second].labels);
    }
    std::vector<const void*> ones;
    for (std::uint32_t i = 0; i < many.size(); ++i) {
      const auto it = by_signature.find(many_signatures_[i].identity());
      if (it == by_signature.end()) continue;
      matches_.push_back({i, it->second, ResultLabels(e, many[i].labels, one[it->second].labels)});
      ones.push_back(one[it->second].labels.identity());
    }
    e.identities.clear();
    for (const Match& match : matches_) e.identities.push_back(match.labels.identity());
    may_collide_ = HaveTwins(e.identities) ||
                   (matching_.cardinality == Cardinality::kOneToOne && HaveTwins(ones));
  }
  many_shape_ = many.shape();
  one_shape_ = one.shape();
  return true;
}

bool VectorMatchNode::FailDuplicate(Evaluation& e, const Labels& first,
                                    const Labels& second) const {
  const Labels group = Signature(e, first, matching_.on, matching_.labels);
  return e.Fail("found duplicate series for the match group " + ToString(group.pairs()) +
                " on the " + (swapped_ ? "left" : "right") + " hand-side of the operation: [" +
                ToString(first.pairs()) + ", " + ToString(second.pairs()) +
                "];many-to-many matching not allowed: matching labels must be unique on one side");
}

Labels VectorMatchNode::ResultLabels(Evaluation& e, const Labels& many, const Labels& one) const {
  Labels labels = many;
  if (DropsName(binary_.op, binary_.return_bool)) labels = DropName(e, labels);
  if (matching_.cardinality == Cardinality::kOneToOne) {
    labels = matching_.on ? Keep(e, labels, matching_.labels)
                          : Without(e, labels, matching_.labels, false);
  }
  if (matching_.include.empty()) return labels;
  LabelPairs pairs = labels.pairs();
  for (const std::string& name : matching_.include) Set(pairs, name, one.Get(name));
  // An included __name__ goes again with `bool`.
  if (binary_.return_bool) Set(pairs, kMetricName, "");
  return e.table.Make(pairs);
}

// Only what a comparison has kept can collide.
bool VectorMatchNode::CheckKept(Evaluation& e, const std::vector<std::uint32_t>& kept) {
  const auto twins = [&](const auto& same) {
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = i + 1; j < kept.size(); ++j) {
        if (same(matches_[kept[i]], matches_[kept[j]])) return true;
      }
    }
    return false;
  };
  if (matching_.cardinality == Cardinality::kOneToOne) {
    if (twins([](const Match& a, const Match& b) { return a.one == b.one; })) {
      return e.Fail(
          "multiple matches for labels: many-to-one matching must be explicit "
          "(group_left/group_right)");
    }
  } else if (twins([](const Match& a, const Match& b) {
               return a.one == b.one && a.labels == b.labels;
             })) {
    return e.Fail("multiple matches for labels: grouping labels must ensure unique matches");
  }
  const bool same = twins([](const Match& a, const Match& b) { return a.labels == b.labels; });
  return !same || FailSameLabels(e);
}

}  // namespace ecsward::promql
