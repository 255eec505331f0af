// Regular expressions in templates: RE2's, with Go's way to write replacements.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward::templates {

// errors: kInvalidArgument "error parsing regexp: missing closing ]: `[a`"
Result<bool> MatchRegexp(std::string_view pattern, std::string_view text);

// Every match becomes `replacement`, where $1 and ${name} are groups and $$ is a dollar.
Result<std::string> ReplaceRegexp(std::string_view pattern, std::string_view replacement,
                                  std::string_view text);

}  // namespace ecsward::templates
