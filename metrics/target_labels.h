// What a series of the table is called in the history: as Prometheus would call it after a scrape.
#pragma once

#include <string>
#include <vector>

#include "metrics/labels.h"
#include "metrics/series_set.h"

namespace ecsward {

// Adds the labels of the target (job, instance) to those of a series. A label of the series' own
// that has such a name is renamed: `job` becomes `exported_job`.
class TargetLabels {
 public:
  explicit TargetLabels(LabelPairs target) : target_(Normalized(std::move(target))) {}

  const LabelPairs& target() const { return target_; }
  // Good until the next call: sorted, none empty, as LabelTable::Make wants them.
  const std::vector<Labels::View>& Of(const SeriesSet::Series& series);

 private:
  LabelPairs target_;
  std::vector<Labels::View> views_;
  std::vector<std::string> renamed_;  // what views_ looks at
};

}  // namespace ecsward
