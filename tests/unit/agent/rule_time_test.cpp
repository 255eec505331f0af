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

// With ticks a second apart, of which the first is at 1000 s.
struct Ticks : Clocks {
  Ticks() {
    time.SetInterval(seconds(1));
    After(seconds(0));
  }
};

TEST(RuleTime, GivesATickThatIsAlmostInTimeItsExactTime) {
  Ticks t;
  EXPECT_EQ(t.After(milliseconds(1'002)).now_ms, 1'001'000);
  EXPECT_EQ(t.After(milliseconds(996)).now_ms, 1'002'000);  // 2 ms early
  EXPECT_EQ(t.After(milliseconds(1'003)).now_ms, 1'003'000);
  EXPECT_EQ(t.After(milliseconds(2'001)).now_ms, 1'005'000);  // one was left out
}

TEST(RuleTime, KeepsTheRhythmAfterALateTick) {
  Ticks t;
  EXPECT_EQ(t.After(milliseconds(1'007)).now_ms, 1'001'007);
  EXPECT_EQ(t.After(milliseconds(994)).now_ms, 1'002'000);
}

TEST(RuleTime, NeverDriftsFromTheWallClock) {
  Ticks t;
  for (int i = 0; i < 10'000; ++i) {
    // The wall clock is slewed by 0.5 ms a second, ticks follow the other one.
    const auto slewed = std::chrono::microseconds(500);
    t.clock.Advance(seconds(1));
    t.clock.SetWall(t.clock.Wall() + slewed);
    const auto now_ms = t.time.Observe(t.clock.Wall(), t.clock.Mono()).now_ms;
    ASSERT_LE(std::abs(now_ms - UnixMilliseconds(t.clock.Wall())), RuleTime::kAlignMs) << i;
  }
}

TEST(RuleTime, TakesTheRhythmAlongWhenTheClockIsSet) {
  Ticks t;
  EXPECT_EQ(t.After(seconds(1), milliseconds(5'123)).now_ms, 1'006'123);
  EXPECT_EQ(t.After(milliseconds(1'001)).now_ms, 1'007'123);
}

TEST(RuleTime, BeginsAnotherRhythmWithAnotherInterval) {
  Ticks t;
  t.After(milliseconds(1'500));
  t.time.SetInterval(seconds(5));
  EXPECT_EQ(t.After(milliseconds(5'001)).now_ms, 1'006'500);
}

}  // namespace
}  // namespace ecsward
