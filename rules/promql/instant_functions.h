// PromQL's functions of single values, of the calendar, of histograms and of labels: pure, without
// an evaluator.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/labels.h"
#include "rules/promql/functions.h"

namespace ecsward::promql {

// abs, ceil, …, deg, rad, sgn, and the date functions (of seconds since 1970, in UTC). Null for
// others.
using ValueFunction = double (*)(double value);
ValueFunction FindValueFunction(FunctionId id);

// Half up, via the inverse of `to_nearest`, as Prometheus computes it.
double Round(double value, double to_nearest);
// NaN stays NaN. clamp() gives nothing at all where max < min: that is for the caller to see.
double Clamp(double value, double min, double max);
double ClampMin(double value, double min);
double ClampMax(double value, double max);

struct Bucket {
  double upper_bound = 0;
  double count = 0;  // cumulative
};
// histogram_quantile of one classic histogram. Sorts and merges `buckets`, repairs counts that are
// not monotonic. NaN where Prometheus gives NaN.
double BucketQuantile(double q, std::vector<Bucket>& buckets);

// quantile of the aggregation and of quantile_over_time. Sorts `values`. NaN when empty.
double Quantile(double q, std::span<double> values);

// label_replace, compiled once for a call: $1, ${name}, $$ as Go's Regexp.Expand has them.
class LabelReplacer {
 public:
  // errors: kInvalidArgument `invalid regular expression in label_replace(): …`,
  // `invalid destination label name in label_replace(): …`
  static Result<LabelReplacer> Make(std::string destination, const std::string& replacement,
                                    std::string source, std::string_view regexp);
  ~LabelReplacer();
  LabelReplacer(LabelReplacer&&) noexcept;
  LabelReplacer& operator=(LabelReplacer&&) noexcept;
  LabelPairs Apply(LabelPairs labels) const;

 private:
  struct Impl;
  explicit LabelReplacer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// errors: kInvalidArgument `invalid destination label name in label_join(): …` and its like
Result<void> CheckLabelJoin(std::string_view destination, std::span<const std::string> sources);
LabelPairs JoinLabels(LabelPairs labels, std::string_view destination, std::string_view separator,
                      std::span<const std::string> sources);

}  // namespace ecsward::promql
