// The made-up series of one unit test, written into the history as time goes on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "metrics/history.h"
#include "rules/unit_test/series_notation.h"
#include "rules/unit_test/test_file.h"

namespace ecsward {

class InputFeed {
 public:
  // errors: kParse, at the first line that is no series with values
  static Result<InputFeed> Make(const UnitTest& test);

  // Writes all values up to this time, ends included; times only grow.
  // errors: kInvalidArgument, for a label set that cannot be stored; nothing is written then
  Result<void> WriteTill(std::int64_t time_ms, History& history);

 private:
  struct Series {
    LabelPairs labels;  // as written, see SeriesNotation
    ValueWalk walk;
    bool waiting = false;  // the walk stands on a value that is not written
    bool over = false;
  };

  explicit InputFeed(std::int64_t interval_ms) : interval_ms_(interval_ms) {}
  void Write(Series& series, std::int64_t time_ms, History& history) const;

  std::int64_t interval_ms_;
  std::vector<Series> series_;
};

}  // namespace ecsward
