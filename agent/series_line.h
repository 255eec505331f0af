// One line of the agent's own page, read back: `node_load1{job="node"} 0.5`.
#pragma once

#include <optional>
#include <string_view>

#include "metrics/labels.h"

namespace ecsward {

struct SeriesLine {
  LabelPairs labels;  // with the metric's name
  double value = 0;
};

// Nothing for comments, blank lines, and whatever is none of ours.
std::optional<SeriesLine> ParseSeriesLine(std::string_view line);

// What the series is called in the history: with the target's labels; its own labels of such names
// are renamed, `job` to `exported_job`. As metrics/target_labels.h has it for the rules.
LabelPairs AsScraped(LabelPairs labels, const LabelPairs& target);

}  // namespace ecsward
