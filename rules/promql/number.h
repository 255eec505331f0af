// Numbers as PromQL writes them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward::promql {

// 1, .5, 1e-3, 1_000, 0x1F, 017 (octal), Inf, NaN. errors: kParse, in Go's words
Result<double> ParseNumber(std::string_view text);

// The shortest text that reads back the same: "0.25", "1e+06", "+Inf", "NaN".
std::string FormatNumber(double value);

}  // namespace ecsward::promql
