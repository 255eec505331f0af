#include "agent/collector_log.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

TEST(LogStates, SaysWhichCollectorAndWhy) {
  std::vector<std::string> lines;
  const Logger log(LogLevel::kInfo,
                   [&lines](LogLevel, std::string_view line) { lines.emplace_back(line); });
  const CollectorStateFn say = LogStates(log);
  const Error error{ErrorCode::kDenied, "/proc/x: permission denied"};
  say("diskstats", CollectorState::kFailed, &error);
  say("diskstats", CollectorState::kFine, nullptr);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0],
            "level=warn collector=diskstats msg=\"fails\" error=\"/proc/x: permission denied\"");
  EXPECT_EQ(lines[1], "level=info collector=diskstats msg=\"works again\"");
}

}  // namespace
}  // namespace ecsward
