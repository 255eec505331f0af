#include "rules/rule_series.h"

#include <bit>

#include "metrics/series_set.h"

namespace ecsward {

void RuleSeries::Find(History& history) {
  if (version_ == history.version()) return;
  const bool good = version_ != ~std::uint64_t{0} && id_ < history.id_end() && history.alive(id_) &&
                    history.labels(id_) == labels_;
  if (!good) id_ = history.Open(labels_);
  version_ = history.version();
}

std::string_view RuleSeries::Write(History& history, Sample sample) {
  Find(history);
  if (history.Append(id_, sample)) return {};
  Sample there;  // a stale marker, too
  if (!history.From(id_, sample.time_ms).Next(there) || there.time_ms != sample.time_ms) {
    return "out of order sample";
  }
  const bool same =
      std::bit_cast<std::uint64_t>(there.value) == std::bit_cast<std::uint64_t>(sample.value);
  return same ? std::string_view() : "duplicate sample for timestamp";
}

void RuleSeries::End(History& history, std::int64_t time_ms) {
  // One that is gone already has its end, and must not be there again for nothing but that.
  if (!history.Find(labels_, id_)) return;
  (void)history.Append(id_, {time_ms, StaleValue()});
}

Labels WithLabels(const Labels& source, std::string_view metric, const LabelPairs& labels,
                  LabelTable& table) {
  LabelPairs pairs = source.pairs();
  Set(pairs, kMetricName, metric);
  for (const LabelPair& label : labels) Set(pairs, label.name, label.value);
  return table.Make(pairs);
}

}  // namespace ecsward
