#include "tests/fuzz/rules_targets.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "metrics/history.h"
#include "metrics/history_checkpoint.h"
#include "metrics/label_matcher.h"
#include "metrics/series_set.h"
#include "rules/promql/duration.h"
#include "rules/promql/parser.h"
#include "rules/promql/query.h"
#include "rules/template/format.h"
#include "rules/template/template.h"
#include "rules/unit_test/series_notation.h"

namespace ecsward {
namespace {

// A broken promise is a finding, like a crash.
void Promise(bool kept, const std::string& what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what.c_str());
  std::abort();
}

}  // namespace

// Length and checksum are put right, or nothing would get in. What got in must be readable, can be
// added to, and comes out whole.
void FuzzCheckpoint(std::string_view t) {
  std::string bytes(t);
  SealCheckpoint(bytes);
  LabelTable labels;
  History history(labels);
  if (!LoadCheckpoint(bytes, history)) return;
  std::uint64_t read = 0;
  for (History::Id id = 0; id < history.id_end(); ++id) {
    auto cursor = history.From(id, std::numeric_limits<std::int64_t>::min());
    Sample newest;
    while (cursor.Next(newest)) ++read;
    (void)history.At(id, newest.time_ms / 2, 0, newest);
  }
  if (read != history.sample_count()) std::abort();
  constexpr auto kEnd = std::numeric_limits<std::int64_t>::max();
  for (History::Id id = 0; id < history.id_end(); ++id) {
    std::int64_t time_ms = kEnd - 5;
    for (const double value : {1.0, 1.5, 0.1, 1.0 / 3, 7.0}) history.Append(id, {time_ms++, value});
  }
  History again(labels);
  if (!LoadCheckpoint(Serialize(history), again)) std::abort();
  if (again.sample_count() != history.sample_count()) std::abort();
  history.Shift(-1000);
  history.Trim(kEnd);
}

// An expression, evaluated at some moments of a small history.
void FuzzEvaluate(std::string_view t) {
  auto expr = promql::Parse(t);
  if (!expr) return;
  LabelTable labels;
  History history(labels);
  int series = 0;
  for (const char* name : {"a", "b", "b_bucket"}) {
    for (const char* le : {"0.1", "1", "+Inf"}) {
      const History::Id id = history.Open(labels.Make(LabelPairs{{"__name__", name}, {"le", le}}));
      ++series;
      for (int i = 0; i < 60; ++i) {
        if (i % 13 == series) continue;
        history.Append(id, {i * 15'000, i % 17 == series ? StaleValue() : i * series % 29});
      }
    }
  }
  // Cheap ones only: a target is to be called often.
  promql::Query query(std::move(*expr), history, {.max_samples = 1'000});
  for (const std::int64_t time_ms : {600'000, 615'000, 300'000, 900'000}) (void)query.At(time_ms);
  (void)query.Between(0, 900'000, 45'000);
  (void)promql::HistoryNeeds(query.expr(), std::chrono::minutes(5));
}

// The first half is the expression, the second what it is held against.
void FuzzMatcher(std::string_view t) {
  const auto matcher =
      LabelMatcher::Make(MatchType::kRegexp, "a", std::string(t.substr(0, t.size() / 2)));
  if (matcher) (void)matcher->Matches(t.substr(t.size() / 2));
}

// What is printed parses, and prints the same again.
void FuzzPromql(std::string_view t) {
  (void)promql::ParseSelector(t);
  const auto parsed = promql::Parse(t);
  if (!parsed) return;
  const std::string text = promql::ToString(**parsed);
  const auto again = promql::Parse(text);
  // A printed number may be longer than the written one, and so may the whole.
  if (!again && again.error().message.starts_with("expression is longer")) return;
  Promise(again.has_value(), text);
  Promise(promql::ToString(**again) == text, text);
}

void FuzzPromqlDuration(std::string_view t) {
  const auto ms = promql::ParseDuration(t);
  if (!ms) return;
  const auto again = promql::ParseDuration(promql::FormatDuration(*ms));
  Promise(again && *again == *ms, std::string(t));
}

// A printf format over values of every kind.
void FuzzPrintf(std::string_view t) {
  const std::vector<templates::Value> values = {
      templates::Value::Int(-5),    templates::Value::Float(2.5), templates::Value::String("a\n"),
      templates::Value::Bool(true), templates::Value(),           templates::Value::Time(1'500),
      templates::Value::Byte(65),
  };
  std::string out;
  templates::Printf(t, values, out);
}

void FuzzTemplate(std::string_view t) {
  TemplateData data;
  data.labels = {{"a", "x:1"}, {"b", "\xff"}};
  data.external_url = "http://h/p";
  data.value = 5;
  data.query = [](std::string_view expr) -> Result<std::vector<TemplateSample>> {
    if (expr.empty()) return Fail(ErrorCode::kParse, "empty");
    return std::vector<TemplateSample>{{{{"n", "b"}}, 1}, {{{"n", "a"}}, 2}};
  };
  (void)ExpandTemplate(t, data);
  (void)LiteralQueries(t);
}

// As a line of input, and as labels of an expected sample.
void FuzzSeriesNotation(std::string_view t) {
  (void)ParseSeriesLabels(t);
  auto notation = ParseSeriesNotation(t);
  if (!notation) return;
  ValueWalk walk(std::move(notation->values));
  for (std::uint64_t i = 0; i < 1000 && walk.Next(); ++i) {
    Promise(walk.number() == i, "values come one after the other");
    (void)walk.gap();
    (void)walk.value();
  }
}

}  // namespace ecsward
