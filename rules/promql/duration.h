// Durations as Prometheus writes them: 1d12h, 5m, 500ms; units y w d h m s ms, each once, in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward::promql {

// Milliseconds. errors: kParse `not a valid duration string: "5x"`, `empty duration string`,
// `duration out of range`
Result<std::int64_t> ParseDuration(std::string_view text);

// The shortest text that parses back: 90000 → "1m30s", 0 → "0s".
std::string FormatDuration(std::int64_t ms);

}  // namespace ecsward::promql
