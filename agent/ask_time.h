// Times on the command line: `--at`, `--start`, `--end`, and from them what to evaluate.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/command_line.h"
#include "base/result.h"

namespace ecsward {

// "1700000000", "1700000000.5", "2025-03-01T12:00:00Z", "2025-03-01T20:00:00.25+08:00".
// Milliseconds since 1970. errors: kInvalidArgument `want a time such as …`
Result<std::int64_t> ParseTime(std::string_view text);

struct AskTimes {
  std::int64_t start_ms = 0, end_ms = 0;  // the same: one moment
  std::int64_t step_ms = 0;               // 0: an instant query
};

// Prometheus's own bound.
inline constexpr std::int64_t kMaxPoints = 11'000;

// errors: kInvalidArgument naming the flag
Result<AskTimes> TimesFor(const AskArguments& ask, std::int64_t now_ms);

}  // namespace ecsward
