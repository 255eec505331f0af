// Made-up series of rule unit tests: a series and its values in one line.
//
//   up{job="node"} 1 _ 0+10x3 stale   →  1, nothing, 0 10 20 30, a stale marker
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/labels.h"

namespace ecsward {

// One word of the values: `1`, `0+10x3`, `_x5`, `stale`. Kept as written, so that a huge count
// costs nothing before somebody walks that far.
struct ValueRun {
  double first = 0, step = 0;
  bool ramp = false;  // each value is the one before plus `step`
  bool gap = false;   // no samples
  std::uint64_t count = 1;
};

struct SeriesNotation {
  LabelPairs labels;  // by name; may hold one name twice or empty values, as it was written
  std::vector<ValueRun> values;
};

// errors: kParse, with the place in the line as promtool gives it ("1:9: parse error: …")
Result<SeriesNotation> ParseSeriesNotation(std::string_view line);

// The labels of an expected sample: `up{job="node"}`, `{}`, or nothing at all.
// errors: as above
Result<LabelPairs> ParseSeriesLabels(std::string_view text);

// Walks over the values. Value number n stands at n intervals.
class ValueWalk {
 public:
  explicit ValueWalk(std::vector<ValueRun> runs) : runs_(std::move(runs)) {}

  // Steps onto the next value; false at the end.
  bool Next();
  bool gap() const { return runs_[run_].gap; }
  double value() const { return value_; }
  std::uint64_t number() const { return number_; }

 private:
  std::vector<ValueRun> runs_;
  std::size_t run_ = 0;
  std::uint64_t done_ = 0;                    // of this run
  std::uint64_t number_ = ~std::uint64_t{0};  // before the first
  double value_ = 0;
};

}  // namespace ecsward
