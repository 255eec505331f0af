#include "tests/unit/rules/promql/stored_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "metrics/series_set.h"
#include "rules/promql/number.h"
#include "rules/promql/parser.h"

namespace ecsward::promql {
namespace {

std::string Joined(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string ToText(const MatrixSeries& series) {
  std::string out = ToSeriesText(series.labels.pairs());
  for (const Sample& sample : series.samples) {
    out += fmt::format(" {}@{}", FormatNumber(sample.value),
                       FormatNumber(static_cast<double>(sample.time_ms) / 1000));
  }
  return out;
}

std::string ToText(const Matrix& matrix) {
  std::vector<std::string> parts;
  for (const MatrixSeries& series : matrix) parts.push_back(ToText(series));
  return Joined(std::move(parts));
}

}  // namespace

Labels StoredSeries::Make(std::string_view selector) {
  LabelPairs pairs;
  const auto matchers = ParseSelector(selector);
  for (const LabelMatcher& matcher : matchers.value()) {
    pairs.push_back({matcher.name(), matcher.value()});
  }
  return labels_.Make(Normalized(std::move(pairs)));
}

void StoredSeries::Load(std::string_view selector, const std::vector<Slot>& values,
                        std::int64_t step_ms, std::int64_t start_ms) {
  const History::Id id = history_.Open(Make(selector));
  std::int64_t time_ms = start_ms;
  for (const Slot& slot : values) {
    if (slot.kind != Slot::Kind::kNone) {
      history_.Append(id, {time_ms, slot.kind == Slot::Kind::kStale ? StaleValue() : slot.value});
    }
    time_ms += step_ms;
  }
}

void StoredSeries::LoadRising(std::string_view selector, double step, int count,
                              std::int64_t step_ms) {
  std::vector<Slot> values;
  for (int i = 0; i < count; ++i) values.emplace_back(i * step);
  Load(selector, values, step_ms);
}

std::string StoredSeries::At(std::string_view expr, std::int64_t time_ms, QueryOptions options) {
  auto parsed = Parse(expr);
  if (!parsed) return "error: " + parsed.error().ToString();
  Query query(std::move(*parsed), history_, options);
  const auto value = query.At(time_ms);
  return value ? ToText(**value) : "error: " + value.error().message;
}

std::string StoredSeries::Between(std::string_view expr, std::int64_t start_ms, std::int64_t end_ms,
                                  std::int64_t step_ms, QueryOptions options) {
  auto parsed = Parse(expr);
  if (!parsed) return "error: " + parsed.error().ToString();
  Query query(std::move(*parsed), history_, options);
  const auto matrix = query.Between(start_ms, end_ms, step_ms);
  return matrix ? ToText(*matrix) : "error: " + matrix.error().message;
}

std::string ToText(const Value& value) {
  std::vector<std::string> parts;
  switch (value.type) {
    case ValueType::kScalar:
      return FormatNumber(value.scalar);
    case ValueType::kString:
      return value.string;
    case ValueType::kMatrix:
      return ToText(value.matrix);
    default:
      for (const VectorSample& sample : value.vector) {
        parts.push_back(
            fmt::format("{} {}", ToSeriesText(sample.labels.pairs()), FormatNumber(sample.value)));
      }
      return Joined(std::move(parts));
  }
}

}  // namespace ecsward::promql
