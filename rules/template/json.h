// JSON as Go's encoding/json writes it.
#pragma once

#include <string>
#include <string_view>

#include "rules/template/value.h"

namespace ecsward::templates {

inline constexpr std::string_view kJsonTime = "2006-01-02T15:04:05.999999999Z07:00";

// With its quotes. < > & and the line separators of Unicode are escaped, and bytes that are no
// UTF-8 are U+FFFD.
void AppendJsonText(std::string_view text, std::string& out);

// Nothing is appended any more once `out` is longer than kMaxTextBytes. Of a struct: fields in
// order, their names beginning with a small letter.
// note: numbers that JSON does not have are the texts "NaN", "+Inf", "-Inf"
void AppendJson(const Value& value, std::string& out);
void AppendJsonNumber(double number, std::string& out);

}  // namespace ecsward::templates
