// The number that a label's value spells, as Go's ParseFloat reads it: "0.5", "+Inf", "1e3",
// "0x1p-2".
#pragma once

#include <optional>
#include <string_view>

namespace ecsward::promql {

std::optional<double> ParseFloat(std::string_view text);

}  // namespace ecsward::promql
