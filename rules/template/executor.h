// Walks a parsed template and writes its text.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/template/parse_tree.h"
#include "rules/template/template.h"
#include "rules/template/value.h"

namespace ecsward::templates {

// What one expansion may cost. Prometheus has no such limits; a template that reaches one of these
// does something else than to tell people about an alert.
inline constexpr int kMaxTemplateDepth = 100;       // templates that call templates
inline constexpr int kMaxWalkDepth = 500;           // all that is nested, together
inline constexpr std::int64_t kMaxSteps = 300'000;  // a node or 64 bytes of text is a step …
inline constexpr std::int64_t kQuerySteps = 1'000;  // … and a query is as much as this
inline constexpr std::size_t kMaxOutputBytes = std::size_t{64} << 10;

struct ExecutionLimits {
  std::int64_t steps = kMaxSteps;
  std::size_t output_bytes = kMaxOutputBytes;
  bool stop_when_full = false;  // longer output is cut instead of an error
};

// A template that others call by its name.
struct NamedTemplate {
  const ParsedTemplates* source = nullptr;
  std::string_view file;  // for messages
  const Node* list = nullptr;
};
using NamedTemplates = std::map<std::string, NamedTemplate, std::less<>>;

// All of it outlives the execution.
struct Execution {
  const ParsedTemplates& templates;  // what stands there is defined before what `others` has
  std::string_view name;
  const TemplateData& data;  // what functions look at
  Value dot;
  const NamedTemplates* others = nullptr;
  ExecutionLimits limits = {};
  // What an action writes is escaped for HTML, but for safeHtml's and what the functions html and
  // urlquery have escaped.
  bool escape_html = false;
};

// errors: kInvalidArgument `template: name:1:5: executing "name" at <.x>: can't …`
Result<std::string> Execute(const Execution& execution);

}  // namespace ecsward::templates
