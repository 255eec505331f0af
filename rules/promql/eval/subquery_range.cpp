#include "rules/promql/eval/subquery_range.h"

#include <algorithm>
#include <chrono>
#include <compare>
#include <utility>

namespace ecsward::promql {
namespace {

std::int64_t FloorTo(std::int64_t time_ms, std::int64_t step_ms) {
  const std::int64_t rest = time_ms % step_ms;
  return time_ms - rest - (rest < 0 ? step_ms : 0);
}
std::int64_t CeilTo(std::int64_t time_ms, std::int64_t step_ms) {
  const std::int64_t floor = FloorTo(time_ms, step_ms);
  return floor == time_ms ? floor : floor + step_ms;
}

}  // namespace

SubqueryRange::SubqueryRange(const Subquery& subquery, std::int64_t step_ms, VectorPtr inner,
                             bool carries_on)
    : subquery_(subquery), step_ms_(step_ms), inner_(std::move(inner)), carries_on_(carries_on) {
  for (const HistoryNeed& need : HistoryNeeds(*subquery.expr, std::chrono::milliseconds(0))) {
    const auto name =
        std::find_if(need.matchers.begin(), need.matchers.end(), [](const LabelMatcher& matcher) {
          return matcher.type() == MatchType::kEqual && matcher.name() == kMetricName;
        });
    if (name == need.matchers.end()) {
      reads_any_ = true;
    } else {
      names_.push_back(name->value());
    }
  }
}

// Another one when a series that is read has come or gone.
std::uint64_t SubqueryRange::VersionOf(const History& history) const {
  if (reads_any_) return history.version();
  std::uint64_t version = 0;
  for (const std::string& name : names_) {
    version = version * 0x100000001b3 + history.version(name);
  }
  return version;
}

void SubqueryRange::Track::DropBefore(std::int64_t time_ms) {
  while (first < samples.size() && samples[first].time_ms < time_ms) ++first;
}

void SubqueryRange::Track::DropFrom(std::int64_t time_ms) {
  while (first < samples.size() && samples.back().time_ms >= time_ms) samples.pop_back();
}

// Makes room at the front before it asks for more memory.
void SubqueryRange::Track::Append(const Sample& sample) {
  if (samples.size() == samples.capacity() && first > samples.size() / 2) {
    samples.erase(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(first));
    first = 0;
  }
  samples.push_back(sample);
}

bool SubqueryRange::MoveTo(Evaluation& e, std::int64_t time_ms) {
  end_ms_ = ShiftedTime(subquery_.shift, e, time_ms);
  start_ms_ = Minus(end_ms_, subquery_.range_ms);
  const std::int64_t first_ms = CeilTo(start_ms_, step_ms_);
  const std::int64_t last_ms = FloorTo(end_ms_, step_ms_);

  if (run_ != e.run) ForgetUnsettled(e);
  if (has_steps_ && (first_ms < first_ms_ || first_ms > next_ms_)) Forget();
  if (!has_steps_) next_ms_ = first_ms;
  has_steps_ = true;
  first_ms_ = first_ms;
  DropBefore(first_ms);
  if (next_ms_ > last_ms + step_ms_) DropFrom(last_ms + step_ms_);

  const bool outer_steps = std::exchange(e.steps_through_past, true);
  const std::int64_t outer_scope = e.scope_start_ms;
  e.scope_start_ms =
      CeilTo(Minus(ShiftedTime(subquery_.shift, e, outer_scope), subquery_.range_ms), step_ms_);
  const bool ok = EvaluateSteps(e, last_ms);
  e.scope_start_ms = outer_scope;
  e.steps_through_past = outer_steps;
  return ok;
}

// A new run: the history may have grown since the last one.
void SubqueryRange::ForgetUnsettled(const Evaluation& e) {
  if (!carries_on_ || version_ != VersionOf(e.history) || e.settled_ms < settled_ms_) {
    Forget();
  } else {
    DropFrom(settled_ms_);
  }
  run_ = e.run;
  version_ = VersionOf(e.history);
  settled_ms_ = e.settled_ms;
}

void SubqueryRange::Forget() {
  has_steps_ = false;
  for (Track& track : tracks_) {
    track.samples.clear();
    track.first = 0;
  }
}

void SubqueryRange::DropBefore(std::int64_t time_ms) {
  for (Track& track : tracks_) track.DropBefore(time_ms);
}

void SubqueryRange::DropFrom(std::int64_t time_ms) {
  if (!has_steps_ || next_ms_ <= time_ms) return;
  for (Track& track : tracks_) track.DropFrom(time_ms);
  next_ms_ = CeilTo(time_ms, step_ms_);
}

bool SubqueryRange::EvaluateSteps(Evaluation& e, std::int64_t last_ms) {
  std::uint64_t kept = 0;
  for (const Track& track : tracks_) kept += track.samples.size() - track.first;
  if (!e.Hold(kept)) return false;
  for (; next_ms_ <= last_ms; next_ms_ += step_ms_) {
    const std::uint64_t held = e.held;
    const VectorBuffer* vector = inner_->Eval(e, next_ms_);
    if (vector == nullptr) {
      Forget();
      return false;
    }
    if (vector->shape() != inner_shape_) MapTracks(e, *vector);
    for (std::size_t i = 0; i < vector->size(); ++i) {
      tracks_[track_of_[i]].Append({next_ms_, (*vector)[i].value});
    }
    e.held = held;
    if (!e.Hold(vector->size())) {
      Forget();
      return false;
    }
  }
  return true;
}

// Tracks stand in the order of their labels, so that results do not depend on who came first.
void SubqueryRange::MapTracks(Evaluation& e, const VectorBuffer& vector) {
  const auto index_tracks = [this] {
    track_by_labels_.clear();
    for (std::uint32_t i = 0; i < tracks_.size(); ++i) {
      track_by_labels_[tracks_[i].labels.identity()] = i;
    }
  };
  // Nothing of those is in the window any more; a series that comes back gets a new one.
  const std::size_t gone = std::erase_if(tracks_, [](const Track& track) { return track.empty(); });
  if (gone != 0) index_tracks();
  const std::size_t known = tracks_.size();
  for (const VectorSample& sample : vector) {
    if (!track_by_labels_.contains(sample.labels.identity())) {
      tracks_.push_back({sample.labels, {}, 0});
    }
  }
  if (tracks_.size() != known) {
    std::sort(tracks_.begin(), tracks_.end(), [](const Track& a, const Track& b) {
      return std::is_lt(Labels::Compare(a.labels, b.labels));
    });
    index_tracks();
  }
  if (gone != 0 || tracks_.size() != known) shape_ = e.shapes.Next();
  track_of_.clear();
  for (const VectorSample& sample : vector) {
    track_of_.push_back(track_by_labels_.at(sample.labels.identity()));
  }
  inner_shape_ = vector.shape();
}

std::span<const Sample> SubqueryRange::Samples(Evaluation& e, std::size_t index) {
  const Track& track = tracks_[index];
  e.work += track.samples.size() - track.first;
  return std::span(track.samples).subspan(track.first);
}

bool SubqueryRange::Apply(Evaluation& e, std::size_t index, RangeFunction function,
                          const RangeArgs& args, bool& has, double& out) {
  const std::span<const Sample> samples = Samples(e, index);
  has = !samples.empty() && function(samples, args, out);
  return e.Hold(0);
}

}  // namespace ecsward::promql
