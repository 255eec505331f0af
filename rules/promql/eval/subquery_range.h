// A subquery: the windows are results of an expression at the multiples of a step.
//
// Results of steps before the moment of the last evaluation are final, since the history only grows
// at its end; they are kept and reused when time moves on. Not so when the expression looks ahead
// or at a fixed time, and not when series came or went in between.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "rules/promql/eval/node.h"

namespace ecsward::promql {

class SubqueryRange final : public RangeNode {
 public:
  // `subquery` outlives this. `carries_on`: whether steps stay as they are when time moves on.
  SubqueryRange(const Subquery& subquery, std::int64_t step_ms, VectorPtr inner, bool carries_on);

  bool MoveTo(Evaluation& e, std::int64_t time_ms) override;
  std::size_t size() const override { return tracks_.size(); }
  const Labels& labels(std::size_t index) const override { return tracks_[index].labels; }
  std::span<const Sample> Samples(Evaluation& e, std::size_t index) override;
  bool Apply(Evaluation& e, std::size_t index, RangeFunction function, const RangeArgs& args,
             bool& has, double& out) override;

 private:
  // The results of one series: samples[first…] are those of the window.
  struct Track {
    Labels labels;
    std::vector<Sample> samples;
    std::size_t first = 0;
    bool empty() const { return first == samples.size(); }
    void DropBefore(std::int64_t time_ms);
    void DropFrom(std::int64_t time_ms);
    void Append(const Sample& sample);
  };

  std::uint64_t VersionOf(const History& history) const;
  void ForgetUnsettled(const Evaluation& e);
  void Forget();
  void DropBefore(std::int64_t time_ms);
  void DropFrom(std::int64_t time_ms);
  bool EvaluateSteps(Evaluation& e, std::int64_t last_ms);
  void MapTracks(Evaluation& e, const VectorBuffer& vector);

  const Subquery& subquery_;
  const std::int64_t step_ms_;
  const VectorPtr inner_;
  const bool carries_on_;
  std::vector<std::string> names_;  // of the metrics that the inner expression reads
  bool reads_any_ = false;          // it reads others, too

  // Steps in [first_ms_, next_ms_) have been evaluated.
  bool has_steps_ = false;
  std::int64_t first_ms_ = 0, next_ms_ = 0;
  std::uint64_t run_ = 0, version_ = 0;
  std::int64_t settled_ms_ = 0;  // of the last run

  std::vector<Track> tracks_;
  std::unordered_map<const void*, std::uint32_t> track_by_labels_;
  // For the inner vector's shape: the track of each position.
  std::uint64_t inner_shape_ = 0;
  std::vector<std::uint32_t> track_of_;
};

}  // namespace ecsward::promql
