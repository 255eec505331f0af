#include "rules/live_group.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace ecsward {
namespace {

// How many of these ticks run something.
std::size_t Runs(Schedule& schedule, std::int64_t from_ms, std::int64_t to_ms, std::int64_t tick_ms,
                 std::uint64_t& missed) {
  std::size_t runs = 0;
  for (std::int64_t now = from_ms; now < to_ms; now += tick_ms) {
    if (!schedule.Due(now)) continue;
    missed += schedule.Ran(now);
    ++runs;
  }
  return runs;
}

TEST(Schedule, RunsOnceAnInterval) {
  Schedule schedule(15'000, "a;b", 0);
  std::uint64_t missed = 0;
  Runs(schedule, 0, 15'000, 1000, missed);  // the first one is somewhere in here
  EXPECT_EQ(Runs(schedule, 15'000, 615'000, 1000, missed), 40u);
  EXPECT_EQ(missed, 0u);
}

// Whatever the phase between the ticks and the grid, a tick some milliseconds early or late neither
// skips a run nor runs twice.
TEST(Schedule, RunsAtEachTickOfItsOwnLengthThoughTicksJitter) {
  for (std::int64_t phase = 0; phase < 1000; phase += 7) {
    Schedule schedule(1000, "a;b", 0);
    std::uint64_t missed = 0;
    std::int64_t runs = 0;
    for (std::int64_t tick = 1; tick <= 100; ++tick) {
      const std::int64_t now = tick * 1000 + phase + (tick % 3 - 1) * 5;
      if (!schedule.Due(now)) continue;
      missed += schedule.Ran(now);
      ++runs;
    }
    EXPECT_GE(runs, 99);
    EXPECT_LE(missed, 1u) << phase;
  }
}

TEST(Schedule, CountsWhatItMissed) {
  Schedule schedule(1000, "a;b", 0);
  std::uint64_t missed = 0;
  Runs(schedule, 0, 10'000, 1000, missed);
  EXPECT_EQ(missed, 0u);
  Runs(schedule, 15'000, 20'000, 1000, missed);
  EXPECT_EQ(missed, 5u);
}

TEST(Schedule, SpreadsGroupsOverTheInterval) {
  std::set<std::int64_t> firsts;
  for (int i = 0; i < 100; ++i) {
    Schedule schedule(60'000, "rules.yml;group" + std::to_string(i), 0);
    std::int64_t now = 0;
    while (!schedule.Due(now)) now += 1000;
    firsts.insert(now);
  }
  EXPECT_GT(firsts.size(), 30u);
  EXPECT_LT(*firsts.begin(), 15'000);
  EXPECT_GT(*firsts.rbegin(), 45'000);
}

TEST(Schedule, MovesWithTheClock) {
  Schedule schedule(15'000, "a;b", 1'000'000);
  std::int64_t first = 1'000'000;
  while (!schedule.Due(first)) first += 100;
  schedule.Shift(-500'000);
  EXPECT_FALSE(schedule.Due(first - 500'000 - 200));
  EXPECT_TRUE(schedule.Due(first - 500'000));
}

}  // namespace
}  // namespace ecsward
