#include "rules/promql/eval/range_call.h"

#include <algorithm>
#include <unordered_map>

namespace ecsward::promql {

const VectorBuffer* RangeCallNode::Eval(Evaluation& e, std::int64_t time_ms) {
  RangeArgs args;
  for (std::size_t i = 0; i < std::min(params_.size(), std::size(args.param)); ++i) {
    if (!params_[i]->Eval(e, time_ms, args.param[i])) return nullptr;
  }
  const std::uint64_t held = e.held;
  if (!range_->MoveTo(e, time_ms)) return nullptr;
  if (range_->shape() != shape_) Rebuild(e);
  args.start_ms = range_->start_ms();
  args.end_ms = range_->end_ms();
  args.time_ms = time_ms;
  if (!CheckArgs(e, args)) return nullptr;

  out_.Begin();
  for (std::uint32_t i = 0; i < series_.size(); ++i) {
    bool has = false;
    double value = 0;
    if (!range_->Apply(e, i, function_, args, has, value)) return nullptr;
    if (!has) continue;
    if (series_[i].next_twin != i && !CheckTwins(e, i, time_ms)) return nullptr;
    out_.Put(series_[i].labels, value);
  }
  e.held = held;
  if (!e.Hold(out_.size())) return nullptr;
  out_.Finish(e.shapes);
  return &out_;
}

void RangeCallNode::Rebuild(Evaluation& e) {
  series_.clear();
  std::unordered_map<const void*, std::uint32_t> known;
  for (std::uint32_t i = 0; i < range_->size(); ++i) {
    Series series;
    series.labels = KeepsName(id_) ? range_->labels(i) : DropName(e, range_->labels(i));
    series.next_twin = i;
    const auto [it, added] = known.try_emplace(series.labels.identity(), i);
    if (!added) std::swap(series.next_twin, series_[it->second].next_twin);
    series_.push_back(std::move(series));
  }
  shape_ = range_->shape();
}

// Prometheus looks at arguments only when there is something to compute with them.
bool RangeCallNode::CheckArgs(Evaluation& e, const RangeArgs& args) {
  if (params_.empty()) return true;
  const Result<void> ok = CheckRangeArgs(id_, args);
  if (ok) return true;
  for (std::size_t i = 0; i < range_->size(); ++i) {
    if (!range_->Samples(e, i).empty()) return e.Fail(ok.error().message);
  }
  return true;
}

// Two series that become one without their names may not both have results, be it at different
// moments of the same run.
bool RangeCallNode::CheckTwins(Evaluation& e, std::uint32_t index, std::int64_t time_ms) {
  for (std::uint32_t i = series_[index].next_twin; i != index; i = series_[i].next_twin) {
    const Series& twin = series_[i];
    if (twin.has_results && twin.last_result_ms >= e.scope_start_ms &&
        twin.last_result_ms <= time_ms) {
      return FailSameLabels(e);
    }
  }
  series_[index].has_results = true;
  series_[index].last_result_ms = time_ms;
  return true;
}

const VectorBuffer* AbsentOverTimeNode::Eval(Evaluation& e, std::int64_t time_ms) {
  const std::uint64_t held = e.held;
  if (!range_->MoveTo(e, time_ms)) return nullptr;
  const RangeFunction probe = FindRangeFunction(kProbe);
  const RangeArgs args{range_->start_ms(), range_->end_ms(), time_ms, {}};
  bool found = false;
  for (std::size_t i = 0; i < range_->size() && !found; ++i) {
    double value = 0;
    if (!range_->Apply(e, i, probe, args, found, value)) return nullptr;
  }
  e.held = held;
  out_.Begin();
  if (!found) out_.Put(e.table.Make(labels_), 1);
  out_.Finish(e.shapes);
  return &out_;
}

}  // namespace ecsward::promql
