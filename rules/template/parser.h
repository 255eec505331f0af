// Tokens → parse tree. Knows which functions there are and which variables are in scope, so that a
// template is refused before it is ever expanded.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "rules/template/parse_tree.h"

namespace ecsward::templates {

inline constexpr std::size_t kMaxTemplateBytes = std::size_t{256} << 10;
// How deep parentheses, blocks and else-ifs may be nested in each other.
inline constexpr int kMaxNesting = 100;

// errors: kParse `template: name:3: function "foo" not defined`
Result<ParsedTemplates> Parse(std::string text, std::string_view name,
                              FunctionSet functions = FunctionSet::kRules);

}  // namespace ecsward::templates
