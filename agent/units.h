// Durations and sizes as people write them in the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward {

// "15s", "500ms", "1m30s", "2h", "7d": whole numbers with units, the larger unit first.
// errors: kInvalidArgument `want a duration such as "15s", got "15"`
Result<std::chrono::nanoseconds> ParseDuration(std::string_view text);

// The shortest text that ParseDuration reads back: "1m30s". "0s" for zero.
std::string FormatDuration(std::chrono::nanoseconds duration);

// "64MiB", "512KiB", "1GiB" or bytes: "1048576B".
// errors: kInvalidArgument `want a size such as "64MiB", got "64"`
Result<std::uint64_t> ParseSize(std::string_view text);

}  // namespace ecsward
