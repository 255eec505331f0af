#include "agent/rule_time.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Clocks {
  FakeClock clock{WallTime(seconds(1'000))};
  RuleTime time;
  RuleTime::Moment After(milliseconds passed, milliseconds set = milliseconds(0)) {
    clock.Advance(passed);
    clock.SetWall(clock.Wall() + set);
    return time.Observe(clock.Wall(), clock.Mono());
  }
};

TEST(RuleTime, IsTheWallClock) {
  Clocks c;
  EXPECT_EQ(c.After(seconds(0)).now_ms, 1'000'000);
  const auto next = c.After(seconds(15));
  EXPECT_EQ(next.now_ms, 1'015'000);
  EXPECT_EQ(next.shift_ms, 0);
}

TEST(RuleTime, FollowsAClockThatIsSlewed) {
  Clocks c;
  c.After(seconds(0));
  const auto next = c.After(seconds(1), milliseconds(900));
  EXPECT_EQ(next.shift_ms, 0);
  EXPECT_EQ(next.now_ms, 1'001'900);
}

TEST(RuleTime, MovesWhatIsRememberedWhenTheClockIsSet) {
  Clocks c;
  c.After(seconds(0));
  const auto ahead = c.After(seconds(1), hours(1));
  EXPECT_EQ(ahead.shift_ms, 3'600'000);
  EXPECT_EQ(ahead.now_ms, 1'001'000 + 3'600'000);  // a second later, as remembered times see it
  const auto back = c.After(seconds(1), -hours(2));
  EXPECT_EQ(back.shift_ms, -7'200'000);
  EXPECT_EQ(back.now_ms, 1'002'000 - 3'600'000);
  EXPECT_EQ(c.After(seconds(1)).shift_ms, 0);
}

TEST(RuleTime, GoesOnWhileTheClockIsTurnedBackALittle) {
  Clocks c;
  const auto first = c.After(seconds(0));
  const auto next = c.After(milliseconds(100), milliseconds(-500));
  EXPECT_EQ(next.shift_ms, 0);
  EXPECT_EQ(next.now_ms, first.now_ms + 1);
}

}  // namespace
}  // namespace ecsward
