#include "agent/governor.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

constexpr GovernorLimits kLimits{.cpu_ratio = 0.05, .resident_bytes = 64 << 20};
constexpr ProcessUsage kCalm{.cpu_ratio = 0.01, .resident_bytes = 8 << 20};
constexpr ProcessUsage kBusy{.cpu_ratio = 0.06, .resident_bytes = 8 << 20};
constexpr ProcessUsage kLarge{.cpu_ratio = 0.01, .resident_bytes = 65 << 20};

GovernorState After(int looks, GovernorState state, const ProcessUsage& usage) {
  for (int i = 0; i < looks; ++i) state = Step(state, usage, kLimits);
  return state;
}

TEST(Governor, ShedsSlowCollectorsBeforeTheTick) {
  EXPECT_EQ(SlowStretch(0), 1u);
  EXPECT_EQ(SlowStretch(3), 8u);
  EXPECT_EQ(TickStretch(3), 1u);
  EXPECT_EQ(SlowStretch(6), 8u);
  EXPECT_EQ(TickStretch(4), 2u);
  EXPECT_EQ(TickStretch(6), 8u);
}

TEST(Governor, GoesUpALevelALookAndStopsAtTheLast) {
  EXPECT_EQ(After(1, {}, kBusy).level, 1);
  EXPECT_EQ(After(6, {}, kBusy).level, 6);
  EXPECT_EQ(After(100, {}, kBusy).level, 6);
}

TEST(Governor, ComesBackOnlyAfterALongCalm) {
  GovernorState state = After(2, {}, kBusy);
  EXPECT_EQ(After(kGovernorCalmLooks - 1, state, kCalm).level, 2);
  EXPECT_EQ(After(kGovernorCalmLooks, state, kCalm).level, 1);
  EXPECT_EQ(After(2 * kGovernorCalmLooks, state, kCalm).level, 0);
  // One look that is not calm begins the count again.
  state = After(kGovernorCalmLooks - 1, state, kCalm);
  state = After(1, state, {.cpu_ratio = 0.03, .resident_bytes = 8 << 20});
  EXPECT_EQ(After(kGovernorCalmLooks - 1, state, kCalm).level, 2);
}

TEST(Governor, KeepsTheTickWhenOnlyMemoryIsShort) {
  const GovernorState state = After(100, {}, kLarge);
  EXPECT_EQ(state.level, kGovernorSlowLevels);
  EXPECT_TRUE(state.trim);
  EXPECT_EQ(After(100, After(6, {}, kBusy), kLarge).level, kGovernorSlowLevels);
}

TEST(Governor, JudgesWhatWasUsedBetweenLooks) {
  Governor governor;
  FakeClock clock;
  // Starting cost a whole second: not held against it.
  EXPECT_FALSE(governor.Observe(clock.Mono(), 1.0, 8 << 20, kLimits));
  clock.Advance(kGovernorLook / 2);
  EXPECT_FALSE(governor.Observe(clock.Mono(), 9.0, 8 << 20, kLimits));  // too early to look
  clock.Advance(kGovernorLook / 2);
  EXPECT_TRUE(governor.Observe(clock.Mono(), 2.0, 8 << 20, kLimits));
  EXPECT_EQ(governor.level(), 1);
  EXPECT_DOUBLE_EQ(governor.usage().cpu_ratio, 0.1);
}

}  // namespace
}  // namespace ecsward
