#include "rules/promql/eval/selector_range.h"

#include <compare>
#include <utility>

namespace ecsward::promql {

bool SelectorRange::MoveTo(Evaluation& e, std::int64_t time_ms) {
  if (series_.Refresh(e.history)) Reselect(e);
  end_ms_ = ShiftedTime(selector_.selector->shift, e, time_ms);
  start_ms_ = Minus(end_ms_, selector_.range_ms);
  std::size_t looked_at = 0;
  for (SeriesWindow& window : windows_) looked_at += window.MoveTo(e.history, start_ms_, end_ms_);
  e.work += looked_at;
  return e.Hold(0);
}

// The windows of series that are still there go on. Both lists are in the order of labels, but a
// walk by hand over the two would save nothing: this happens when a series comes or goes.
void SelectorRange::Reselect(Evaluation& e) {
  std::vector<SeriesWindow> windows;
  std::vector<Labels> labels;
  std::size_t old = 0;
  for (std::size_t i = 0; i < series_.size(); ++i) {
    while (old < windows_.size() &&
           std::is_lt(Labels::Compare(window_labels_[old], series_.labels(i)))) {
      ++old;
    }
    const bool known = old < windows_.size() && window_labels_[old] == series_.labels(i) &&
                       windows_[old].id() == series_.id(i);
    if (known) {
      windows.push_back(std::move(windows_[old]));
    } else {
      windows.emplace_back(series_.id(i), rolling_);
    }
    labels.push_back(series_.labels(i));
  }
  windows_ = std::move(windows);
  window_labels_ = std::move(labels);
  shape_ = e.shapes.Next();
}

std::span<const Sample> SelectorRange::Samples(Evaluation& e, std::size_t index) {
  decoded_.clear();
  windows_[index].Decode(decoded_);
  e.work += decoded_.size();
  return decoded_;
}

bool SelectorRange::Apply(Evaluation& e, std::size_t index, RangeFunction function,
                          const RangeArgs& args, bool& has, double& out) {
  if (rolling_) {
    SeriesWindow& window = windows_[index];
    if (!e.Hold(window.size())) return false;
    e.held -= window.size();
    has = window.Result(e.history, args, out);
    return true;
  }
  const std::span<const Sample> samples = Samples(e, index);
  if (!e.Hold(samples.size())) return false;
  e.held -= samples.size();
  has = !samples.empty() && function(samples, args, out);
  return true;
}

}  // namespace ecsward::promql
