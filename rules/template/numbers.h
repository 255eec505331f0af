// Numbers as Go writes them: 42, -0x2A, 0b101010, 0o52, 052, 4_2, 1e3, 0x1p-2, .5, 'a'.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward::templates {

// errors: kParse `strconv.ParseFloat: parsing "x": invalid syntax`, or `…: value out of range`
Result<double> ParseFloat(std::string_view text);

struct NumberLiteral {
  std::optional<std::int64_t> integer;  // either or both
  std::optional<double> real;
  bool ideal_real = false;  // a float where the context does not say: 1.0, 1e3
};
// errors: kParse `illegal number syntax: "1x"`, `integer overflow: "…"`
Result<NumberLiteral> ParseNumberLiteral(std::string_view text);

// The fewest digits that mean this number, as Go's %g: 1e+06, 0.001, NaN, +Inf.
std::string FormatShortest(double value);

}  // namespace ecsward::templates
