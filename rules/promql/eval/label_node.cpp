#include "rules/promql/eval/label_node.h"

#include <charconv>
#include <optional>
#include <unordered_map>

#include "rules/promql/eval/number_text.h"

namespace ecsward::promql {
namespace {

constexpr std::string_view kBucketLabel = "le";

// The vector with its labels replaced by `labels`, which `edit` makes when the shape is new.
template <class Edit>
const VectorBuffer* Relabel(Evaluation& e, const VectorBuffer& in, LabelMemory& labels,
                            std::uint64_t& shape, VectorBuffer& out, const Edit& edit) {
  if (in.shape() != shape) {
    shape = 0;
    labels.Update(in, [&](const Labels& from) { return e.table.Make(edit(from.pairs())); });
    if (labels.HasTwins(e)) {
      FailSameLabels(e);
      return nullptr;
    }
    shape = in.shape();
  }
  out.Begin();
  for (std::size_t i = 0; i < in.size(); ++i) out.Put(labels[i], in[i].value);
  out.Finish(e.shapes);
  return &out;
}

}  // namespace

const VectorBuffer* LabelReplaceNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  if (!replacer_) {
    e.Fail(replacer_.error().message);
    return nullptr;
  }
  return Relabel(e, *in, labels_, shape_, out_,
                 [this](LabelPairs pairs) { return replacer_->Apply(std::move(pairs)); });
}

const VectorBuffer* LabelJoinNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  if (!arguments_) {
    e.Fail(arguments_.error().message);
    return nullptr;
  }
  return Relabel(e, *in, labels_, shape_, out_, [this](LabelPairs pairs) {
    return JoinLabels(std::move(pairs), destination_, separator_, sources_);
  });
}

const VectorBuffer* HistogramQuantileNode::Eval(Evaluation& e, std::int64_t time_ms) {
  double q = 0;
  if (!quantile_->Eval(e, time_ms, q)) return nullptr;
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  if (in->shape() != shape_ && !MakePlan(e, *in)) return nullptr;
  out_.Begin();
  for (const Histogram& histogram : histograms_) {
    buckets_.clear();
    for (const Position& position : histogram.positions) {
      buckets_.push_back({position.upper_bound, (*in)[position.index].value});
    }
    out_.Put(histogram.labels, BucketQuantile(q, buckets_));
  }
  out_.Finish(e.shapes);
  return &out_;
}

// Buckets belong together when all their labels but `le` are the same, the name included. What has
// no number there is no bucket.
bool HistogramQuantileNode::MakePlan(Evaluation& e, const VectorBuffer& vector) {
  static const std::vector<std::string> kNames{std::string(kBucketLabel)};
  shape_ = 0;
  histograms_.clear();
  std::vector<Labels> groups;
  std::unordered_map<const void*, std::size_t> known;
  for (std::uint32_t i = 0; i < vector.size(); ++i) {
    const Labels& labels = vector[i].labels;
    const std::optional<double> bound = ParseFloat(labels.Get(kBucketLabel));
    if (!bound) continue;
    Labels group = Without(e, labels, kNames, false);
    const auto [it, added] = known.try_emplace(group.identity(), histograms_.size());
    if (added) {
      histograms_.push_back({DropName(e, group), {}});
      groups.push_back(std::move(group));  // so that no other gets its place in memory
    }
    histograms_[it->second].positions.push_back({i, *bound});
  }
  e.identities.clear();
  for (const Histogram& histogram : histograms_) {
    e.identities.push_back(histogram.labels.identity());
  }
  if (HaveTwins(e.identities)) return FailSameLabels(e);
  shape_ = vector.shape();
  return true;
}

}  // namespace ecsward::promql
