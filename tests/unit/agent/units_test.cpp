#include "agent/units.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ParseDuration, AddsUpUnitsFromLargeToSmall) {
  EXPECT_EQ(*ParseDuration("15s"), seconds(15));
  EXPECT_EQ(*ParseDuration("500ms"), milliseconds(500));
  EXPECT_EQ(*ParseDuration("1m30s"), seconds(90));
  EXPECT_EQ(*ParseDuration("1d"), seconds(86'400));
  EXPECT_EQ(*ParseDuration("0"), seconds(0));
}

TEST(ParseDuration, RefusesWhatIsNotOne) {
  for (const char* text : {"", "15", "s", "15 s", "-1s", "1.5s", "1s1m", "1s1s", "1x", "99999999d",
                           "18446744073709551616s", "1sms"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
  EXPECT_EQ(ParseDuration("15").error().message, "want a duration such as \"15s\", got \"15\"");
}

TEST(FormatDuration, ReadsBack) {
  EXPECT_EQ(FormatDuration(seconds(90)), "1m30s");
  EXPECT_EQ(FormatDuration(milliseconds(1500)), "1s500ms");
  EXPECT_EQ(FormatDuration(seconds(0)), "0s");
}

TEST(ParseSize, KnowsBinaryUnits) {
  EXPECT_EQ(*ParseSize("64MiB"), std::uint64_t{64} << 20);
  EXPECT_EQ(*ParseSize("1048576B"), 1048576u);
}

TEST(ParseSize, RefusesWhatIsNotOne) {
  for (const char* text : {"", "64", "64MB", "MiB", "64 MiB", "64MiB1", "1.5GiB", "99999999TiB"}) {
    EXPECT_FALSE(ParseSize(text)) << text;
  }
}

}  // namespace
}  // namespace ecsward
