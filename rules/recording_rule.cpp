#include "rules/recording_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace ecsward {

bool RecordingRule::SameSources(const promql::Vector& vector) const {
  return vector.size() == rows_.size() &&
         std::equal(vector.begin(), vector.end(), rows_.begin(),
                    [](const promql::VectorSample& sample, const Row& row) {
                      return sample.labels == row.source;
                    });
}

Result<std::vector<RecordingRule::Row>> RecordingRule::RowsOf(const promql::Vector& vector) const {
  std::unordered_map<const void*, const Row*> known;
  for (const Row& row : rows_) known.emplace(row.source.identity(), &row);
  std::unordered_set<const void*> seen;
  std::vector<Row> next;
  next.reserve(vector.size());
  for (const promql::VectorSample& sample : vector) {
    if (const auto it = known.find(sample.labels.identity()); it != known.end()) {
      next.push_back(*it->second);
    } else {
      next.push_back(
          {sample.labels, RuleSeries(WithLabels(sample.labels, rule_.record, rule_.labels,
                                                world_.history.label_table()))});
    }
    if (!seen.insert(next.back().series.labels().identity()).second) {
      return Fail(ErrorCode::kInvalidArgument,
                  "vector contains metrics with the same labelset after applying rule labels");
    }
  }
  return next;
}

void RecordingRule::Replace(std::vector<Row> next, std::int64_t time_ms) {
  std::unordered_set<const void*> kept;
  for (const Row& row : next) kept.insert(row.series.labels().identity());
  for (Row& row : rows_) {
    if (!kept.contains(row.series.labels().identity())) row.series.End(world_.history, time_ms);
  }
  rows_ = std::move(next);
}

Result<void> RecordingRule::Evaluate(const EvaluationTime& at) {
  promql::Vector scratch;
  auto result = Run(at.query_ms, scratch);
  if (!result) return std::move(result).error();
  const promql::Vector& vector = **result;

  std::optional<std::vector<Row>> next;
  if (!SameSources(vector)) {
    auto rows = RowsOf(vector);
    if (!rows) return std::move(rows).error();
    next = std::move(*rows);
  }
  if (at.limit > 0 && vector.size() > static_cast<std::size_t>(at.limit)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("exceeded limit of {} with {} series", at.limit, vector.size()));
  }
  if (next) Replace(std::move(*next), at.query_ms);

  std::string_view refused;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const auto why = rows_[i].series.Write(world_.history, {at.query_ms, vector[i].value});
    if (!why.empty()) refused = why;
  }
  if (!refused.empty()) return Fail(ErrorCode::kInvalidArgument, std::string(refused));
  return {};
}

std::vector<RuleSeries> RecordingRule::GiveUpSeries() {
  std::vector<RuleSeries> out;
  for (Row& row : rows_) out.push_back(std::move(row.series));
  rows_.clear();
  return out;
}

}  // namespace ecsward
