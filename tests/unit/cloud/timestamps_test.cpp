#include "cloud/timestamps.h"

#include <gtest/gtest.h>

namespace ecsward::cloud {
namespace {

std::int64_t Seconds(std::optional<WallTime> time) {
  return time ? UnixMilliseconds(*time) / 1000 : -1;
}

TEST(FormatUtc, WritesNoFraction) {
  EXPECT_EQ(FormatUtc(WallTime(std::chrono::milliseconds(1'707'695'941'999))),
            "2024-02-11T23:59:01Z");
}

TEST(ParseUtc, ReadsWhatFormatUtcWrites) {
  EXPECT_EQ(Seconds(ParseUtc("2024-02-11T23:59:01Z")), 1'707'695'941);
  EXPECT_EQ(Seconds(ParseUtc("2024-02-29T00:00:00.123Z")), 1'709'164'800);
}

TEST(ParseUtc, RefusesWhatIsNoMoment) {
  for (const char* text : {"", "2024-02-11", "2024-02-11T23:59:01", "2024-02-11T23:59:01+08:00",
                           "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z",
                           "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z",
                           "9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2024-01-01T00:00:00Zx",
                           "2024-01-01 00:00:00Z", "+024-01-01T00:00:00Z"}) {
    EXPECT_FALSE(ParseUtc(text)) << text;
  }
}

TEST(ParseHttpDate, ReadsTheDateHeader) {
  EXPECT_EQ(Seconds(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT")), 784'111'777);
  EXPECT_EQ(Seconds(ParseHttpDate("Sun, 31 Dec 2023 23:59:60 GMT")), 1'704'067'200);  // leap second
}

TEST(ParseHttpDate, RefusesOtherForms) {
  for (const char* text : {"", "now", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Sun, 06 Nov 1994 08:49:37 CST", "Sun, 31 Feb 2023 08:49:37 GMT",
                           "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_FALSE(ParseHttpDate(text)) << text;
  }
}

}  // namespace
}  // namespace ecsward::cloud
