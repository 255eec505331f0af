// Numbers and texts by the verbs of Go's fmt, for format.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rules/template/format.h"

namespace ecsward::templates {

// Puts blanks (or zeros) beside `text` up to the width.
void Pad(std::string_view text, const FormatSpec& spec, std::string& out);

// All false when the verb is not for this kind.
bool FormatInteger(std::int64_t value, char32_t verb, FormatSpec spec, std::string& out);
bool FormatFloat(double value, char32_t verb, FormatSpec spec, std::string& out);
bool FormatText(std::string_view text, char32_t verb, const FormatSpec& spec, std::string& out);

}  // namespace ecsward::templates
