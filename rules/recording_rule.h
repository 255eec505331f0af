// A recording rule at work.
#pragma once

#include <string>
#include <vector>

#include "rules/live_rule.h"

namespace ecsward {

// In the steady state the result has the series of the evaluation before in the same order: then
// each sample is one comparison and one Append.
class RecordingRule final : public LiveRule {
 public:
  using LiveRule::LiveRule;

  Result<void> Evaluate(const EvaluationTime& at) override;
  std::vector<RuleSeries> GiveUpSeries() override;

 private:
  struct Row {
    Labels source;  // of the result
    RuleSeries series;
  };

  bool SameSources(const promql::Vector& vector) const;
  // errors: kInvalidArgument when two rows have the same labels
  Result<std::vector<Row>> RowsOf(const promql::Vector& vector) const;
  // Ends the series of `rows_` that `next` does not have.
  void Replace(std::vector<Row> next, std::int64_t time_ms);

  std::vector<Row> rows_;  // of the last evaluation that succeeded
};

}  // namespace ecsward
