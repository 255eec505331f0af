// Go's fmt: how values become text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "rules/template/value.h"

namespace ecsward::templates {

// What a verb is told: %+08.3f.
struct FormatSpec {
  bool plus = false, minus = false, sharp = false, space = false, zero = false;
  bool plus_v = false;             // %+v: names of fields
  bool go_syntax = false;          // %#v
  int width = -1, precision = -1;  // -1: not given
};

// One value by one verb; a verb that does not fit gives `%!d(string=x)`, as in Go.
void FormatValue(const Value& value, char32_t verb, const FormatSpec& spec, std::string& out);

// The three of them; nothing is appended any more once `out` is longer than kMaxTextBytes.
void Print(std::span<const Value> values, std::string& out);  // blanks between what is no text
void Printf(std::string_view format, std::span<const Value> values, std::string& out);
void Println(std::span<const Value> values, std::string& out);

// %.4g of a number: "1.235e+06".
std::string FormatG(double value, int precision);

}  // namespace ecsward::templates
