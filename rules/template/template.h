// Go's text/template as far as Prometheus's alert templates use it, with Prometheus's functions.
// source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
//         https://pkg.go.dev/text/template
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/labels.h"

namespace ecsward {

struct TemplateSample {
  LabelPairs labels;
  double value = 0;
};

using ZoneOffset =
    std::function<std::optional<std::int32_t>(const std::string& zone, std::int64_t unix_seconds)>;

// What an expansion may look at.
struct TemplateData {
  LabelPairs labels;           // $labels
  LabelPairs external_labels;  // $externalLabels
  std::string external_url;    // $externalURL
  double value = 0;            // $value
  std::int64_t time_ms = 0;    // for `query`, and in notifications for `since`
  // `query "…"`: an instant query at time_ms; null: no queries.
  std::function<Result<std::vector<TemplateSample>>(std::string_view expr)> query;
  // For `tz`: seconds east of Greenwich; null, or nothing: only few zones are known.
  ZoneOffset zone_offset;
};

namespace templates {
struct ParsedTemplates;
}

// A template that is parsed once and expanded for many alerts.
class Template {
 public:
  // What is wrong with the text is said when it is expanded. `name` is for messages.
  explicit Template(std::string_view text, std::string_view name = "__alert");
  ~Template();
  Template(Template&&) noexcept;
  Template& operator=(Template&&) noexcept;

  // As ExpandTemplate.
  Result<std::string> Expand(const TemplateData& data) const;

 private:
  std::string name_;
  std::unique_ptr<const templates::ParsedTemplates> parsed_;  // null: `problem_` says why
  Error problem_;
};

// Expands one annotation or label value. Bounded: recursion, output size and steps end in an error.
// errors: kParse or kInvalidArgument, the text Prometheus would show behind
// "<error expanding template: " (the same up to Go's own wording where that is reasonable)
Result<std::string> ExpandTemplate(std::string_view text, const TemplateData& data,
                                   std::string_view name = "__alert");

// Only parses: what `ecsward check` says about a template.
Result<void> CheckTemplate(std::string_view text, std::string_view name = "__alert");

// The queries that a template asks by a literal: `query "up"`, `"up" | query`. None when the
// template cannot be parsed.
std::vector<std::string> LiteralQueries(std::string_view text);

}  // namespace ecsward
