// Walks a parsed template and writes its text.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/template/parse_tree.h"
#include "rules/template/template.h"

namespace ecsward::templates {

// What one expansion may cost. Prometheus has no such limits; a template that reaches one of these
// does something else than to tell people about an alert.
inline constexpr int kMaxTemplateDepth = 100;       // templates that call templates
inline constexpr int kMaxWalkDepth = 500;           // all that is nested, together
inline constexpr std::int64_t kMaxSteps = 300'000;  // a node or 64 bytes of text is a step …
inline constexpr std::int64_t kQuerySteps = 1'000;  // … and a query is as much as this
inline constexpr std::size_t kMaxOutputBytes = std::size_t{64} << 10;

// errors: kInvalidArgument `template: name:1:5: executing "name" at <.x>: can't …`
Result<std::string> Execute(const ParsedTemplates& templates, const TemplateData& data,
                            std::string_view name);

}  // namespace ecsward::templates
