#include "exporters/notify/channels/retry_after.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const WallTime kNow{seconds(784'111'777)};  // 1994-11-06 08:49:37

TEST(ParseRetryAfter, ReadsSeconds) {
  EXPECT_EQ(ParseRetryAfter("7", "", kNow), milliseconds(7000));
  EXPECT_EQ(ParseRetryAfter(" 0 ", "", kNow), milliseconds(0));
}

TEST(ParseRetryAfter, ReadsADateByTheClock) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:50:07 GMT", "", kNow), milliseconds(30'000));
}

TEST(ParseRetryAfter, PrefersTheOtherSidesClock) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 09:00:07 GMT", "Sun, 06 Nov 1994 09:00:00 GMT", kNow),
            milliseconds(7'000));
}

TEST(ParseRetryAfter, TakesAPastDateAsNow) {
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:07 GMT", "", kNow), milliseconds(0));
}

TEST(ParseRetryAfter, WaitsForADayAtMost) {
  EXPECT_EQ(ParseRetryAfter("86400", "", kNow), milliseconds(86'400'000));
  EXPECT_EQ(ParseRetryAfter("86401", "", kNow), milliseconds(86'400'000));
  EXPECT_EQ(ParseRetryAfter("99999999999999999999", "", kNow), milliseconds(86'400'000));
  EXPECT_EQ(ParseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", "", kNow), milliseconds(86'400'000));
}

TEST(ParseRetryAfter, LeavesOutWhatItDoesNotKnow) {
  for (const char* text : {"", "soon", "-1", "1.5", "7 seconds", "Sun, 06 Nov 1994"}) {
    EXPECT_FALSE(ParseRetryAfter(text, "", kNow)) << text;
  }
}

TEST(ParseHttpDate, KnowsAllThreeForms) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(ParseHttpDate(text), std::chrono::floor<seconds>(kNow)) << text;
  }
  EXPECT_FALSE(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT and more"));
  EXPECT_FALSE(ParseHttpDate(std::string(1000, ' ')));
}

}  // namespace
}  // namespace ecsward::notify
