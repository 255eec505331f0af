#include "rules/promql/duration.h"

#include <gtest/gtest.h>

namespace ecsward::promql {
namespace {

TEST(ParseDuration, AddsTheUnits) {
  EXPECT_EQ(*ParseDuration("500ms"), 500);
  EXPECT_EQ(*ParseDuration("1m30s"), 90'000);
  EXPECT_EQ(*ParseDuration("1y2w3d4h5m6s7ms"), 33'019'506'007);
  EXPECT_EQ(*ParseDuration("0"), 0);
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text : {"5", "5x", "m", "5m1h", "1h1h", "1.5h", "-5m", "5 m", "5M", "1m5"}) {
    const auto parsed = ParseDuration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().message, std::string("not a valid duration string: \"") + text + "\"");
  }
  EXPECT_EQ(ParseDuration("").error().message, "empty duration string");
}

TEST(ParseDuration, RefusesWhatNanosecondsCannotCount) {
  EXPECT_TRUE(ParseDuration("292y"));
  for (const char* text : {"293y", "292y52w", "99999999999999999999s"}) {
    EXPECT_EQ(ParseDuration(text).error().message, "duration out of range") << text;
  }
}

TEST(FormatDuration, IsTheShortestTextThatParsesBack) {
  EXPECT_EQ(FormatDuration(0), "0s");
  EXPECT_EQ(FormatDuration(90'000), "1m30s");
  EXPECT_EQ(FormatDuration(14LL * 86'400'000), "2w");
  EXPECT_EQ(FormatDuration(90LL * 86'400'000), "90d");
  EXPECT_EQ(FormatDuration(365LL * 86'400'000), "1y");
  EXPECT_EQ(FormatDuration(86'400'001), "1d1ms");
}

}  // namespace
}  // namespace ecsward::promql
