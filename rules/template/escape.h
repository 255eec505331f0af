// Texts for where they go: pages, scripts, addresses.
#pragma once

#include <string>
#include <string_view>

namespace ecsward::templates {

std::string EscapeHtml(std::string_view text);    // & < > " ' and NUL
std::string EscapeScript(std::string_view text);  // for a JavaScript string
std::string EscapeQuery(std::string_view text);   // for an address: "a b&c" → "a+b%26c"

}  // namespace ecsward::templates
