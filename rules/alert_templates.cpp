#include "rules/alert_templates.h"

#include <algorithm>

#include "rules/promql/parser.h"

namespace ecsward {
namespace {

bool IsTemplate(std::string_view text) { return text.find("{{") != std::string_view::npos; }

}  // namespace

TemplateQueries::TemplateQueries(const History& history, promql::QueryOptions options)
    : history_(history), options_(options) {}

Result<std::vector<TemplateSample>> TemplateQueries::Run(std::string_view expr,
                                                         std::int64_t time_ms) {
  auto it = queries_.find(expr);
  if (it == queries_.end()) {
    auto parsed = promql::Parse(expr);
    if (!parsed) return Fail(ErrorCode::kInvalidArgument, parsed.error().ToString());
    if (queries_.size() >= kMaxQueries) queries_.clear();
    auto query = std::make_unique<promql::Query>(std::move(*parsed), history_, options_);
    it = queries_.emplace(std::string(expr), std::move(query)).first;
  }
  promql::Vector scratch;
  const auto vector = InstantVector(*it->second, time_ms, scratch);
  if (!vector) return Error(vector.error());
  std::vector<TemplateSample> out;
  for (const promql::VectorSample& sample : **vector) {
    out.push_back({sample.labels.pairs(), sample.value});
  }
  return out;
}

AlertTemplates::AlertTemplates(const Rule& rule, LabelPairs annotations)
    : alert_(rule.alert), labels_(rule.labels), annotations_(std::move(annotations)) {
  std::sort(annotations_.begin(), annotations_.end());
  for (const LabelPair& pair : labels_) {
    if (IsTemplate(pair.value)) labels_are_plain_ = false;
  }
  for (const LabelPairs* pairs : {&labels_, &annotations_}) {
    for (const LabelPair& pair : *pairs) {
      if (IsTemplate(pair.value) && pair.value.find("query") != std::string::npos) {
        asks_history_ = true;
      }
    }
  }
}

TemplateData AlertTemplates::DataOf(const Labels& source, double value, const World& world) const {
  TemplateData data;
  data.labels = source.pairs();
  data.external_labels = world.external_labels;
  data.external_url = world.external_url;
  data.value = value;
  data.time_ms = world.time_ms;
  data.query = [&queries = world.queries, time_ms = world.time_ms](std::string_view expr) {
    return queries.Run(expr, time_ms);
  };
  return data;
}

std::string AlertTemplates::ExpandOne(const std::string& text, const TemplateData& data) const {
  if (!IsTemplate(text)) return text;
  auto it = parsed_.find(text);
  if (it == parsed_.end()) it = parsed_.emplace(text, Template(text, "__alert_" + alert_)).first;
  auto expanded = it->second.Expand(data);
  if (expanded) return std::move(*expanded);
  return "<error expanding template: " + expanded.error().message + ">";
}

LabelPairs AlertTemplates::Annotations(const TemplateData& data) const {
  LabelPairs out;
  out.reserve(annotations_.size());
  for (const LabelPair& pair : annotations_) {
    out.push_back({pair.name, ExpandOne(pair.value, data)});
  }
  return out;
}

AlertTemplates::Texts AlertTemplates::Expand(const Labels& source, double value,
                                             const World& world) const {
  const TemplateData data = DataOf(source, value, world);
  Texts texts;
  texts.labels = data.labels;
  Set(texts.labels, kMetricName, "");
  for (const LabelPair& pair : labels_) Set(texts.labels, pair.name, ExpandOne(pair.value, data));
  Set(texts.labels, "alertname", alert_);
  texts.annotations = Annotations(data);
  return texts;
}

LabelPairs AlertTemplates::Annotations(const Labels& source, double value,
                                       const World& world) const {
  return Annotations(DataOf(source, value, world));
}

Result<const promql::Vector*> InstantVector(promql::Query& query, std::int64_t time_ms,
                                            promql::Vector& scratch) {
  auto value = query.At(time_ms);
  if (!value) return std::move(value).error();
  switch ((*value)->type) {
    case promql::ValueType::kVector:
      return &(*value)->vector;
    case promql::ValueType::kScalar:
      scratch.resize(1);
      scratch[0].labels = {};
      scratch[0].value = (*value)->scalar;
      return &scratch;
    default:
      return Fail(ErrorCode::kInvalidArgument, "rule result is not a vector or scalar");
  }
}

}  // namespace ecsward
