#include "rules/promql/eval/aggregate_node.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "rules/promql/instant_functions.h"
#include "rules/promql/number.h"

namespace ecsward::promql {
namespace {

// Into a sum that is not empty; the steps are Prometheus's, so that rounding is the same.
void Add(AggregateOp op, FoldNode::Sum& sum, double value) {
  ++sum.count;
  const auto count = static_cast<double>(sum.count);
  switch (op) {
    case AggregateOp::kSum:
      sum.value += value;
      break;
    case AggregateOp::kAvg:
      // An infinite mean stays, unless what comes would make it NaN.
      if (std::isinf(sum.mean) &&
          (std::isfinite(value) || (std::isinf(value) && (sum.mean > 0) == (value > 0)))) {
        break;
      }
      // Divided one by one, so that the difference does not overflow.
      sum.mean += value / count - sum.mean / count;
      break;
    case AggregateOp::kMin:
      if (sum.value > value || std::isnan(sum.value)) sum.value = value;
      break;
    case AggregateOp::kMax:
      if (sum.value < value || std::isnan(sum.value)) sum.value = value;
      break;
    case AggregateOp::kStddev:
    case AggregateOp::kStdvar: {
      const double delta = value - sum.mean;
      sum.mean += delta / count;
      sum.value += delta * (value - sum.mean);
      break;
    }
    default:
      break;
  }
}

FoldNode::Sum First(AggregateOp op, double value) {
  const bool spread = op == AggregateOp::kStddev || op == AggregateOp::kStdvar;
  return {spread ? 0 : value, value, 1};
}

double ResultOf(AggregateOp op, const FoldNode::Sum& sum) {
  switch (op) {
    case AggregateOp::kAvg:
      return sum.mean;
    case AggregateOp::kCount:
      return static_cast<double>(sum.count);
    case AggregateOp::kGroup:
      return 1;
    case AggregateOp::kStddev:
      return std::sqrt(sum.value / static_cast<double>(sum.count));
    case AggregateOp::kStdvar:
      return sum.value / static_cast<double>(sum.count);
    default:
      return sum.value;
  }
}

// The number of elements that topk and its like want; false when it is no integer at all.
bool ToCount(Evaluation& e, double param, std::size_t& out) {
  constexpr double kMost = 9223372036854774784.0;  // the largest double that is an int64
  if (!(param <= kMost && param >= -kMost - 1024)) {
    return e.Fail("Scalar value " + FormatNumber(param) + " overflows int64");
  }
  out = param < 1 ? 0 : static_cast<std::size_t>(param);
  return true;
}

std::string FormatFixed(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[400];
  const auto end = std::to_chars(std::begin(text), std::end(text), value, std::chars_format::fixed);
  return {text, end.ptr};
}

}  // namespace

void Grouping::Rebuild(Evaluation& e, const VectorBuffer& vector) {
  group_labels_.Update(vector, [this, &e](const Labels& labels) {
    return aggregate_.without ? Without(e, labels, aggregate_.grouping, true)
                              : Keep(e, labels, aggregate_.grouping);
  });
  labels_.clear();
  group_of_.clear();
  std::unordered_map<const void*, std::uint32_t> groups;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const auto [it, added] =
        groups.try_emplace(group_labels_[i].identity(), static_cast<std::uint32_t>(labels_.size()));
    if (added) labels_.push_back(group_labels_[i]);
    group_of_.push_back(it->second);
  }
  begin_.assign(labels_.size() + 1, 0);
  for (const std::uint32_t group : group_of_) ++begin_[group + 1];
  for (std::size_t group = 0; group < labels_.size(); ++group) begin_[group + 1] += begin_[group];
  members_.resize(group_of_.size());
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  for (std::uint32_t i = 0; i < group_of_.size(); ++i) members_[next[group_of_[i]]++] = i;
  shape_ = vector.shape();
}

const VectorBuffer* FoldNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  grouping_.Update(e, *in);
  sums_.assign(grouping_.size(), {});
  for (std::size_t i = 0; i < in->size(); ++i) {
    Sum& sum = sums_[grouping_.group_of(i)];
    if (sum.count == 0) {
      sum = First(op_, (*in)[i].value);
    } else {
      Add(op_, sum, (*in)[i].value);
    }
  }
  out_.Begin();
  for (std::size_t group = 0; group < grouping_.size(); ++group) {
    out_.Put(grouping_.labels(group), ResultOf(op_, sums_[group]));
  }
  out_.Finish(e.shapes);
  return &out_;
}

const VectorBuffer* QuantileNode::Eval(Evaluation& e, std::int64_t time_ms) {
  double q = 0;
  if (!param_->Eval(e, time_ms, q)) return nullptr;
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  grouping_.Update(e, *in);
  out_.Begin();
  for (std::size_t group = 0; group < grouping_.size(); ++group) {
    values_.clear();
    for (const std::uint32_t i : grouping_.members(group)) values_.push_back((*in)[i].value);
    out_.Put(grouping_.labels(group), Quantile(q, values_));
  }
  out_.Finish(e.shapes);
  return &out_;
}

const VectorBuffer* SelectNode::Eval(Evaluation& e, std::int64_t time_ms) {
  double param = 0;
  std::size_t k = 0;
  if (!param_->Eval(e, time_ms, param)) return nullptr;
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr || !ToCount(e, param, k)) return nullptr;
  grouping_.Update(e, *in);
  out_.Begin();
  for (std::size_t group = 0; k > 0 && group < grouping_.size(); ++group) {
    const std::span<const std::uint32_t> members = grouping_.members(group);
    if (op_ == AggregateOp::kLimitk) {
      for (const std::uint32_t i : members.first(std::min(k, members.size()))) {
        out_.Put((*in)[i].labels, (*in)[i].value);
      }
      continue;
    }
    Best(*in, members, k);
    for (const Entry& entry : heap_) out_.Put((*in)[entry.position].labels, entry.value);
  }
  out_.Finish(e.shapes);
  return &out_;
}

// Leaves the k best in heap_, the best first; NaN is worse than any number. Which of equal values
// stay is decided by the shape of the heap, so it is built step by step as Prometheus builds it.
void SelectNode::Best(const VectorBuffer& in, std::span<const std::uint32_t> members,
                      std::size_t k) {
  const bool top = op_ == AggregateOp::kTopk;
  const auto worse = [top](const Entry& a, const Entry& b) {
    if (std::isnan(a.value)) return true;
    return top ? a.value < b.value : a.value > b.value;
  };
  heap_.clear();  // the worst in front
  for (const std::uint32_t i : members) {
    const Entry entry{in[i].value, i};
    if (heap_.size() < k) {
      heap_.push_back(entry);
      for (std::size_t at = heap_.size() - 1; at > 0;) {
        const std::size_t parent = (at - 1) / 2;
        if (!worse(heap_[at], heap_[parent])) break;
        std::swap(heap_[at], heap_[parent]);
        at = parent;
      }
      continue;
    }
    const double worst = heap_.front().value;
    if (!(top ? worst < entry.value : worst > entry.value) &&
        !(std::isnan(worst) && !std::isnan(entry.value))) {
      continue;
    }
    heap_.front() = entry;
    for (std::size_t at = 0;;) {
      std::size_t child = 2 * at + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && worse(heap_[child + 1], heap_[child])) ++child;
      if (!worse(heap_[child], heap_[at])) break;
      std::swap(heap_[at], heap_[child]);
      at = child;
    }
  }
  std::sort(heap_.begin(), heap_.end(), [top](const Entry& a, const Entry& b) {
    if (std::isnan(a.value) != std::isnan(b.value)) return std::isnan(b.value);
    if (std::isnan(a.value)) return a.position < b.position;
    if (a.value != b.value) return top ? a.value > b.value : a.value < b.value;
    return a.position < b.position;
  });
}

CountValuesNode::CountValuesNode(const Aggregate& aggregate, VectorPtr vector, std::string label)
    : aggregate_(aggregate),
      vector_(std::move(vector)),
      label_(std::move(label)),
      grouping_(aggregate.grouping) {
  if (!aggregate.without) grouping_.push_back(label_);
}

const VectorBuffer* CountValuesNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const VectorBuffer* in = vector_->Eval(e, time_ms);
  if (in == nullptr) return nullptr;
  if (!IsLabelName(label_)) {
    e.Fail("invalid label name \"" + label_ + "\"");
    return nullptr;
  }
  struct Count {
    Labels labels;
    double count = 0;
  };
  std::vector<Count> counts;
  std::unordered_map<const void*, std::size_t> groups;
  for (const VectorSample& sample : *in) {
    LabelPairs pairs = sample.labels.pairs();
    Set(pairs, label_, FormatFixed(sample.value));
    const Labels named = e.table.Make(pairs);
    const Labels labels =
        aggregate_.without ? Without(e, named, grouping_, true) : Keep(e, named, grouping_);
    const auto [it, added] = groups.try_emplace(labels.identity(), counts.size());
    if (added) counts.push_back({labels, 0});
    ++counts[it->second].count;
  }
  out_.Begin();
  for (const Count& count : counts) out_.Put(count.labels, count.count);
  out_.Finish(e.shapes);
  return &out_;
}

}  // namespace ecsward::promql
