// A series that a rule writes into the history.
#pragma once

#include <cstdint>
#include <string_view>

#include "metrics/history.h"
#include "metrics/labels.h"

namespace ecsward {

class RuleSeries {
 public:
  RuleSeries() = default;
  explicit RuleSeries(Labels labels) : labels_(std::move(labels)) {}

  const Labels& labels() const { return labels_; }

  // "" when it stands there now; else why not, in Prometheus's words. The same sample twice is
  // fine.
  std::string_view Write(History& history, Sample sample);
  // Says that the series ends here. No matter when somebody else wrote it at this time.
  void End(History& history, std::int64_t time_ms);

 private:
  void Find(History& history);

  Labels labels_;
  History::Id id_ = 0;
  // The id is good for this version of the history; looked at again when that moved on.
  std::uint64_t version_ = ~std::uint64_t{0};
};

// What a rule's expression gave, with the rule's name and labels in their places: ALERTS and
// recorded series. `labels` in which a value is "" takes the label away.
Labels WithLabels(const Labels& source, std::string_view metric, const LabelPairs& labels,
                  LabelTable& table);

}  // namespace ecsward
