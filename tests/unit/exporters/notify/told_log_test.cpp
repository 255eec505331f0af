#include "exporters/notify/told_log.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRepeat{100};

ToldEntry Entry(std::vector<std::uint64_t> firing, std::vector<std::uint64_t> resolved,
                std::int64_t at_ms = 1000) {
  return {std::move(firing), std::move(resolved), at_ms};
}

bool Needs(const ToldEntry& before, const ToldEntry& now, bool send_resolved = true) {
  return NeedsTelling(&before, now, send_resolved, kRepeat);
}

TEST(NeedsTelling, TheFirstTimeOnlyWhenSomethingFires) {
  EXPECT_TRUE(NeedsTelling(nullptr, Entry({1}, {}), true, kRepeat));
  EXPECT_FALSE(NeedsTelling(nullptr, Entry({}, {1}), true, kRepeat));
}

TEST(NeedsTelling, WhenAnotherOneFires) {
  EXPECT_TRUE(Needs(Entry({1, 2}, {}), Entry({1, 3}, {})));
  EXPECT_FALSE(Needs(Entry({1, 2}, {}), Entry({2}, {})));
}

TEST(NeedsTelling, WhenAllAreOverIfTheyWereToldOf) {
  EXPECT_TRUE(Needs(Entry({1}, {}), Entry({}, {1})));
  EXPECT_TRUE(Needs(Entry({1}, {}), Entry({}, {1}), false));  // to take it out of the log
  EXPECT_FALSE(Needs(Entry({}, {1}), Entry({}, {1, 2})));
  EXPECT_FALSE(Needs(Entry({}, {1}, 0), Entry({}, {1}, 9999)));  // the end is not repeated
}

TEST(NeedsTelling, WhenOneOfSeveralIsOverAndThatIsWanted) {
  EXPECT_TRUE(Needs(Entry({1, 2}, {}), Entry({1}, {2})));
  EXPECT_FALSE(Needs(Entry({1, 2}, {}), Entry({1}, {2}), false));
  EXPECT_FALSE(Needs(Entry({1}, {2, 3}), Entry({1}, {3})));
}

TEST(NeedsTelling, AgainWhenMoreThanTheIntervalHasPassed) {
  EXPECT_FALSE(Needs(Entry({1}, {}, 1000), Entry({1}, {}, 1100)));
  EXPECT_TRUE(Needs(Entry({1}, {}, 1000), Entry({1}, {}, 1101)));
}

TEST(ToldLog, ForgetsWhatIsOldAndMovesWithTheClock) {
  ToldLog log;
  log.Put("a", Entry({1}, {}, 1000), milliseconds(50));
  log.Put("b", Entry({2}, {}, 1000), milliseconds(500));
  log.Shift(10);
  log.ForgetOld(1059);
  ASSERT_NE(log.Find("a"), nullptr);
  EXPECT_EQ(log.Find("a")->at_ms, 1010);
  log.ForgetOld(1060);
  EXPECT_EQ(log.Find("a"), nullptr);
  EXPECT_NE(log.Find("b"), nullptr);
}

TEST(ToldLog, ItsKeyIsTheChannelAndTheGroup) {
  EXPECT_EQ(ToldLog::Key("ops/sms[0]", "{}:{}"), "ops/sms[0]\n{}:{}");
}

TEST(KeepTold, IsTwiceTheLongerOfBothIntervals) {
  Route route;
  route.repeat_interval = milliseconds(100);
  route.group_interval = milliseconds(30);
  EXPECT_EQ(KeepTold(route), milliseconds(200));
  route.group_interval = milliseconds(300);
  EXPECT_EQ(KeepTold(route), milliseconds(600));
}

}  // namespace
}  // namespace ecsward::notify
