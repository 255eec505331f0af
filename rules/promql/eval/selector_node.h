// An instant selector: the newest sample of each series that matches.
#pragma once

#include <string>
#include <vector>

#include "rules/promql/eval/node.h"
#include "rules/promql/eval/series_reader.h"

namespace ecsward::promql {

// The series that match some matchers, found again when series have come or gone.
class SeriesSelection {
 public:
  // `matchers` outlives this.
  explicit SeriesSelection(const std::vector<LabelMatcher>& matchers);

  // True when it has just selected anew, and the ids may be others.
  bool Refresh(const History& history);
  std::size_t size() const { return ids_.size(); }
  History::Id id(std::size_t index) const { return ids_[index]; }
  const Labels& labels(std::size_t index) const { return labels_[index]; }

 private:
  const std::vector<LabelMatcher>& matchers_;
  std::vector<History::Id> ids_;
  std::vector<Labels> labels_;
  const std::string* name_ = nullptr;  // of the metric, when the matchers say it
  bool selected_ = false;
  std::uint64_t version_ = 0, name_version_ = 0;  // of all series, and of those with the name
};

class SelectorNode final : public VectorNode {
 public:
  enum class Gives { kValue, kTime };  // kTime: timestamp(selector)
  // `selector` outlives this.
  SelectorNode(const VectorSelector& selector, Gives gives)
      : selector_(selector), gives_(gives), series_(selector.matchers) {}
  const VectorBuffer* Eval(Evaluation& e, std::int64_t time_ms) override;

 private:
  const VectorSelector& selector_;
  const Gives gives_;
  SeriesSelection series_;
  std::vector<SeriesReader> readers_;  // by series; only once the past is read
  VectorBuffer out_;
};

}  // namespace ecsward::promql
