#include "rules/promql/eval/selector_node.h"

namespace ecsward::promql {

SeriesSelection::SeriesSelection(const std::vector<LabelMatcher>& matchers) : matchers_(matchers) {
  for (const LabelMatcher& matcher : matchers) {
    if (matcher.type() == MatchType::kEqual && matcher.name() == kMetricName) {
      name_ = &matcher.value();
    }
  }
}

bool SeriesSelection::Refresh(const History& history) {
  if (selected_ && version_ == history.version()) return false;
  version_ = history.version();
  const std::uint64_t name_version = name_ == nullptr ? version_ : history.version(*name_);
  if (selected_ && name_version == name_version_) return false;  // other series came or went
  history.Select(matchers_, ids_);
  labels_.clear();
  for (const History::Id id : ids_) labels_.push_back(history.labels(id));
  name_version_ = name_version;
  selected_ = true;
  return true;
}

const VectorBuffer* SelectorNode::Eval(Evaluation& e, std::int64_t time_ms) {
  if (series_.Refresh(e.history)) readers_.clear();
  const std::int64_t at_ms = ShiftedTime(selector_.shift, e, time_ms);
  const std::int64_t oldest_ms = Minus(at_ms, e.lookback_ms);
  // The history finds the newest sample of all at once, but has to search for others.
  const bool past = selector_.shift.at == TimeShift::At::kNone &&
                    (e.steps_through_past || selector_.shift.offset_ms != 0);
  if (past) readers_.resize(series_.size());

  out_.Begin();
  for (std::size_t i = 0; i < series_.size(); ++i) {
    Sample sample;
    const bool has = past ? readers_[i].At(e.history, series_.id(i), at_ms, oldest_ms, sample)
                          : e.history.At(series_.id(i), at_ms, oldest_ms, sample);
    if (!has) continue;
    const double value =
        gives_ == Gives::kValue ? sample.value : static_cast<double>(sample.time_ms) / 1000;
    out_.Put(series_.labels(i), value);
  }
  if (!e.Hold(out_.size())) return nullptr;
  out_.Finish(e.shapes);
  return &out_;
}

}  // namespace ecsward::promql
