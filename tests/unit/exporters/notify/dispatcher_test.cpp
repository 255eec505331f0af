#include "exporters/notify/dispatcher.h"

#include <gtest/gtest.h>

#include "tests/unit/exporters/notify/dispatch_world.h"

namespace ecsward::notify {
namespace {

const LabelPairs kA = {{"alertname", "X"}, {"n", "a"}};
const LabelPairs kB = {{"alertname", "X"}, {"n", "b"}};
const std::string kX = "ops/webhook[0] {}:{alertname=\"X\"}";

TEST(Dispatcher, WaitsForAGroupToGather) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(4);
  world.Fire(kB);
  world.RunTo(9.9);
  EXPECT_EQ(world.Said(), Texts());
  world.RunTo(10);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a +b"}));
}

TEST(Dispatcher, DoesNotWaitForWhatBeganLongAgo) {
  DispatchWorld world;
  world.Fire(kA, 10 * kSecond);  // exactly the wait: not longer ago
  EXPECT_EQ(world.dispatcher.NextDueMs(), kStart + 10 * kSecond);
  world.Fire(kB, 10 * kSecond + 1);
  world.RunTo(0);
  EXPECT_EQ(world.Said(), Texts({"0.0 " + kX + " +a +b"}));
}

TEST(Dispatcher, ALateAlertWaitsForTheGroupsTick) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(12);
  world.Fire(kB, 60 * kSecond);  // however old it is
  world.RunTo(39.9);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a"}));
  world.RunTo(40);
  EXPECT_EQ(world.Said(), Texts({"40.0 " + kX + " +a +b"}));
}

TEST(Dispatcher, RepeatsWhenTheIntervalHasPassedAndNotBefore) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(10 +
              300);  // exactly the interval has not passed: Alertmanager repeats one tick later
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a"}));
  world.RunTo(10 + 330);
  EXPECT_EQ(world.Said(), Texts({"340.0 " + kX + " +a"}));
  world.RunTo(340 + 329);
  EXPECT_EQ(world.Said(), Texts());
}

TEST(Dispatcher, TellsThatAnAlertIsOverAndForgetsIt) {
  DispatchWorld world;
  world.Fire(kA);
  world.Fire(kB);
  world.RunTo(15);
  world.Resolve(kA);
  world.RunTo(40);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a +b", "40.0 " + kX + " +b -a"}));
  EXPECT_EQ(world.forgotten, 1u);
  EXPECT_EQ(world.dispatcher.alerts(), 1u);
  world.Resolve(kB);
  world.RunTo(100);
  EXPECT_EQ(world.Said(), Texts({"70.0 " + kX + " -b"}));
  EXPECT_EQ(world.dispatcher.alerts(), 0u);
}

TEST(Dispatcher, SaysNothingOfWhatBeganAndEndedInBetween) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(5);
  world.Resolve(kA);
  world.RunTo(200);
  EXPECT_EQ(world.Said(), Texts());
  EXPECT_EQ(world.forgotten, 1u);
}

TEST(Dispatcher, SaysNothingOfAGapBetweenTwoTicks) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(12);
  world.Resolve(kA);
  world.RunTo(20);
  world.Fire(kA);
  world.RunTo(200);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a"}));
}

TEST(Dispatcher, TellsAgainWhenAnAlertComesBackAfterItsEndWasTold) {
  DispatchWorld world;
  world.Fire(kA);
  world.Fire(kB);
  world.RunTo(12);
  world.Resolve(kA);
  world.RunTo(45);
  world.Fire(kA);
  world.RunTo(70);
  EXPECT_EQ(world.Said(),
            Texts({"10.0 " + kX + " +a +b", "40.0 " + kX + " +b -a", "70.0 " + kX + " +a +b"}));
}

TEST(Dispatcher, AnEmptyGroupTicksOnUntilItIsSwept) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(12);
  world.Resolve(kA);
  world.RunTo(45);  // told at 40, and 60 is the next time to sweep
  world.Fire(kA);   // no group_wait: the tick at 70
  world.RunTo(71);
  EXPECT_EQ(world.Said(),
            Texts({"10.0 " + kX + " +a", "40.0 " + kX + " -a", "70.0 " + kX + " +a"}));
  world.Resolve(kA);
  world.RunTo(119);
  EXPECT_EQ(world.dispatcher.groups(), 1u);
  world.RunTo(121);
  EXPECT_EQ(world.dispatcher.groups(), 0u);
  EXPECT_EQ(world.dispatcher.NextDueMs(), std::nullopt);
  world.Said();
  world.Fire(kA);  // a new group waits
  world.RunTo(131);
  EXPECT_EQ(world.Said(), Texts({"131.0 " + kX + " +a"}));
}

TEST(Dispatcher, AnotherAnnotationIsNoNewsButIsTakenAlong) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(15);
  NotifiedAlert changed = DispatchWorld::Alert(kA);
  changed.starts_at_ms = kStart;
  changed.annotations = {{"summary", "worse"}};
  changed.value = 97;
  world.dispatcher.Update(changed, world.now_ms());
  world.RunTo(45);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a"}));
  world.Fire(kB);
  world.RunTo(70);
  ASSERT_EQ(world.intents.size(), 2u);
  EXPECT_EQ(world.intents[1].notice.alerts[0].annotations, changed.annotations);
  EXPECT_EQ(world.intents[1].notice.alerts[0].value, 97);
}

TEST(Dispatcher, LeavesOutAResolvedAlertThatItDoesNotKnow) {
  DispatchWorld world;
  world.Resolve(kA);
  EXPECT_EQ(world.dispatcher.alerts(), 0u);
  EXPECT_EQ(world.dispatcher.NextDueMs(), std::nullopt);
}

TEST(Dispatcher, TakesAnEndThatLiesAheadForNow) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(12);
  NotifiedAlert over = DispatchWorld::Alert(kA);
  over.ends_at_ms = world.now_ms() + 3600 * kSecond;
  world.dispatcher.Update(over, world.now_ms());
  world.RunTo(40);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a", "40.0 " + kX + " -a"}));
}

TEST(Dispatcher, EachChannelHearsWhatItWants) {
  RoutingConfig config = OneRoute();
  config.receivers[0] = MakeReceiver("ops", {false, true});
  DispatchWorld world(config);
  world.Fire(kA);
  world.Fire(kB);
  world.RunTo(12);
  world.Resolve(kA);
  world.RunTo(45);
  world.Said();
  EXPECT_EQ(world.intents.size(), 3u);  // that one is over is no news for the first channel
  world.Fire({{"alertname", "X"}, {"n", "c"}});
  world.RunTo(75);
  EXPECT_EQ(world.Said(), Texts({"70.0 ops/webhook[0] {}:{alertname=\"X\"} +b +c",
                                 "70.0 ops/webhook[1] {}:{alertname=\"X\"} +b +c"}));
  world.Resolve(kB);
  world.Resolve({{"alertname", "X"}, {"n", "c"}});
  world.RunTo(105);
  // The first is to be remembered, without a word.
  EXPECT_EQ(world.Said(), Texts({"100.0 ops/webhook[0] {}:{alertname=\"X\"}",
                                 "100.0 ops/webhook[1] {}:{alertname=\"X\"} -b -c"}));
  EXPECT_TRUE(world.intents[5].told.firing.empty());
  EXPECT_EQ(world.intents[5].told.resolved.size(), 2u);
}

TEST(Dispatcher, AResolvedAlertIsNotShownToWhoWantsNone) {
  RoutingConfig config = OneRoute();
  config.receivers[0] = MakeReceiver("ops", {false});
  DispatchWorld world(config);
  world.Fire(kA);
  world.RunTo(12);
  world.Resolve(kA);
  world.Fire(kB);
  world.RunTo(40);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a", "40.0 " + kX + " +b"}));
}

TEST(Dispatcher, WhatIsToldIsRememberedWithTheMoment) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(10);
  const ToldEntry& told = world.intents[0].told;
  EXPECT_EQ(told.firing, std::vector<std::uint64_t>{Fingerprint(kA)});
  EXPECT_TRUE(told.resolved.empty());
  EXPECT_EQ(told.at_ms, kStart + 10 * kSecond);
  EXPECT_EQ(world.intents[0].receiver, "ops");
  EXPECT_EQ(world.intents[0].notice.group_labels, (LabelPairs{{"alertname", "X"}}));
}

TEST(Dispatcher, AGroupThatIsMissedTicksOnceAndStaysOnItsBeat) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(10);
  world.Said();
  world.dispatcher.RunDue(kStart + 47 * kSecond);  // 7 s late
  EXPECT_EQ(world.dispatcher.NextDueMs(), kStart + 70 * kSecond);
  world.dispatcher.RunDue(kStart + 200 * kSecond);  // four ticks late
  EXPECT_EQ(world.dispatcher.NextDueMs(), kStart + 230 * kSecond);
}

TEST(Dispatcher, GroupsThatAreDueTogetherSpeakInTheOrderTheyWereMade) {
  DispatchWorld world;
  for (const char* name : {"Z", "M", "A"}) world.Fire({{"alertname", name}, {"n", "1"}});
  world.RunTo(10);
  const Texts said = world.Said();
  ASSERT_EQ(said.size(), 3u);
  EXPECT_EQ(said[0], "10.0 ops/webhook[0] {}:{alertname=\"Z\"} +1");
  EXPECT_EQ(said[2], "10.0 ops/webhook[0] {}:{alertname=\"A\"} +1");
}

TEST(Dispatcher, TheShortIntervalOfARouteIsItsOwn) {
  RoutingConfig config = OneRoute();
  Route child = *config.route;
  child.matchers = {Equal("n", "a")};
  child.group_wait = std::chrono::seconds(1);
  child.go_on = true;
  Route second = *config.route;
  second.matchers = {Regexp("n", "a|b")};
  config.route->routes = {child, second};
  DispatchWorld world(config);
  world.Fire(kA);
  world.RunTo(11);
  EXPECT_EQ(world.Said(), Texts({"1.0 ops/webhook[0] {}/{n=\"a\"}:{alertname=\"X\"} +a",
                                 "10.0 ops/webhook[0] {}/{n=~\"a|b\"}:{alertname=\"X\"} +a"}));
  EXPECT_EQ(world.dispatcher.groups(), 2u);
  EXPECT_EQ(world.dispatcher.alerts(), 1u);
  world.Resolve(kA);
  world.RunTo(32);
  EXPECT_EQ(world.forgotten, 0u);  // the second group has yet to tell
  world.RunTo(41);
  EXPECT_EQ(world.forgotten, 1u);
}

TEST(Dispatcher, TwoRoutesWithOneKeyShareWhatWasTold) {
  RoutingConfig config = OneRoute();
  Route child = *config.route;
  child.matchers = {Equal("n", "a")};
  child.go_on = true;
  config.route->routes = {child, child};
  DispatchWorld world(config);
  world.Fire(kA);
  world.RunTo(15);
  EXPECT_EQ(world.dispatcher.groups(), 2u);
  EXPECT_EQ(world.Said().size(), 1u);
}

TEST(Dispatcher, AReceiverThatIsNotThereIsNoReceiver) {
  RoutingConfig config = OneRoute();
  config.receivers.clear();
  DispatchWorld world(config);
  world.Fire(kA);
  world.RunTo(15);
  EXPECT_EQ(world.Said(), Texts());
}

TEST(Dispatcher, WithoutARouteNothingIsToldAndResolvedAlertsGo) {
  DispatchWorld world{RoutingConfig()};
  world.Fire(kA);
  EXPECT_EQ(world.dispatcher.NextDueMs(), std::nullopt);
  world.Resolve(kA);
  ASSERT_TRUE(world.dispatcher.NextDueMs());
  world.Run();
  EXPECT_EQ(world.forgotten, 1u);
  EXPECT_EQ(world.dispatcher.NextDueMs(), std::nullopt);
}

TEST(Dispatcher, ResolvesWhatItsSourceNoLongerNames) {
  RoutingConfig config = OneRoute();
  config.resolve_timeout = std::chrono::seconds(20);
  DispatchWorld world(config);
  world.Fire(kA);
  world.Fire(kB);
  world.RunTo(12);
  EXPECT_TRUE(world.dispatcher.Reconcile({Fingerprint(kA)}, world.now_ms()).empty());
  world.RunTo(20);
  const auto gone = world.dispatcher.Reconcile({}, world.now_ms());
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].labels, kB);
  EXPECT_EQ(gone[0].ends_at_ms, world.now_ms());
  EXPECT_EQ(gone[0].updated_at_ms, world.now_ms());
  EXPECT_TRUE(world.dispatcher.Reconcile({}, world.now_ms()).empty());
  world.RunTo(40);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a +b", "40.0 " + kX + " +a -b"}));
}

TEST(Dispatcher, AReloadRoutesAnewAndDoesNotRepeatWhatWasTold) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(15);
  world.Said();
  world.dispatcher.Configure(OneRoute(), world.now_ms());
  world.RunTo(100);
  EXPECT_EQ(world.Said(), Texts());

  RoutingConfig other = OneRoute();
  other.route->receiver = "oncall";
  other.receivers.push_back(MakeReceiver("oncall"));
  world.dispatcher.Configure(other, world.now_ms());
  world.RunTo(100);  // it has fired for longer than the wait
  EXPECT_EQ(world.Said(), Texts({"100.0 oncall/webhook[0] {}:{alertname=\"X\"} +a"}));
  EXPECT_EQ(world.dispatcher.groups(), 1u);
}

TEST(Dispatcher, AReloadKeepsTheEndThatWasNotToldYet) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(15);
  world.Resolve(kA, 15 * kSecond);
  world.dispatcher.Configure(OneRoute(), world.now_ms());
  world.RunTo(50);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a", "15.0 " + kX + " -a"}));
}

TEST(Dispatcher, GoesOnAfterAStart) {
  DispatchWorld before;
  before.Fire(kA);
  before.Fire({{"alertname", "Y"}, {"n", "y"}});
  before.RunTo(10);
  std::vector<std::pair<std::string, ToldEntry>> told;
  told.emplace_back(before.intents[0].channel + '\n' + before.intents[0].notice.group_key,
                    before.intents[0].told);

  DispatchWorld after;
  after.RunTo(20);
  NotifiedAlert a = DispatchWorld::Alert(kA), b = DispatchWorld::Alert(kB),
                y = DispatchWorld::Alert({{"alertname", "Y"}, {"n", "y"}});
  a.starts_at_ms = kStart;
  b.starts_at_ms = y.starts_at_ms = kStart + 14 * kSecond;
  after.dispatcher.Restore({a, b, y}, told, after.now_ms());
  after.RunTo(29.9);
  EXPECT_EQ(after.Said(), Texts());
  after.RunTo(45);
  EXPECT_EQ(after.Said(),
            Texts({"30.0 ops/webhook[0] {}:{alertname=\"Y\"} +y", "40.0 " + kX + " +a +b"}));
}

TEST(Dispatcher, TellsTheEndThatCameWhileItWasAway) {
  DispatchWorld world;
  NotifiedAlert a = DispatchWorld::Alert(kA);
  a.ends_at_ms = kStart - 5 * kSecond;
  ToldEntry told{{Fingerprint(kA)}, {}, kStart - 100 * kSecond};
  world.dispatcher.Restore({a}, {{"ops/webhook[0]\n{}:{alertname=\"X\"}", told}}, kStart);
  world.RunTo(1);
  EXPECT_EQ(world.Said(), Texts({"0.0 " + kX + " -a"}));
  EXPECT_EQ(world.forgotten, 1u);
}

TEST(Dispatcher, WhatWasToldInTheFutureWasToldNow) {
  DispatchWorld world;
  NotifiedAlert a = DispatchWorld::Alert(kA);
  a.starts_at_ms = kStart;
  ToldEntry told{{Fingerprint(kA)}, {}, kStart + 86'400 * kSecond};
  world.dispatcher.Restore({a}, {{"ops/webhook[0]\n{}:{alertname=\"X\"}", told}}, kStart);
  EXPECT_EQ(world.dispatcher.NextDueMs(), kStart + 30 * kSecond);
  world.RunTo(331);
  EXPECT_EQ(world.Said(), Texts({"330.0 " + kX + " +a"}));
}

TEST(Dispatcher, WhatWasToldOfALongRepeatIsKeptAsLong) {
  RoutingConfig config = OneRoute();
  config.route->repeat_interval = std::chrono::hours(24 * 7);
  config.route->group_interval = std::chrono::hours(1);
  DispatchWorld world(config);
  NotifiedAlert a = DispatchWorld::Alert(kA);
  a.starts_at_ms = kStart - 10 * kSecond;
  ToldEntry told{{Fingerprint(kA)}, {}, kStart - 5 * kSecond};
  world.dispatcher.Restore({a}, {{"ops/webhook[0]\n{}:{alertname=\"X\"}", told}}, kStart);
  world.RunTo(6 * 86'400);
  EXPECT_EQ(world.Said(), Texts());
}

// The clock jumps ahead by an hour, and back by two: the group keeps its beat, nothing is repeated
// too early or never again, and what is over stays over.
TEST(Dispatcher, LivesThroughAClockThatIsSet) {
  for (const std::int64_t delta : {3600 * kSecond, -7200 * kSecond}) {
    DispatchWorld world;
    world.Fire(kA);
    world.Fire(kB);
    world.RunTo(15);
    world.Said();
    world.Resolve(kB);
    world.SetClock(delta);
    EXPECT_EQ(world.dispatcher.NextDueMs(), kStart + 40 * kSecond + delta);
    world.RunTo(static_cast<double>(delta) / 1000 + 40 + 331);
    const double moved = static_cast<double>(delta) / 1000;
    EXPECT_EQ(world.Said(), Texts({fmt::format("{:.1f} {} +a -b", moved + 40, kX),
                                   fmt::format("{:.1f} {} +a", moved + 370, kX)}));
  }
}

TEST(Dispatcher, SaysWhoWouldHearOfAnAlert) {
  RoutingConfig config = OneRoute();
  config.inhibit_rules = {{{Equal("severity", "critical")}, {Equal("severity", "warning")}, {}}};
  Route child = *config.route;
  child.matchers = {Equal("severity", "warning")};
  child.receiver = "team";
  child.go_on = true;
  Route same = child;
  config.route->routes = {child, same};
  DispatchWorld world(config);
  const LabelPairs critical = {{"alertname", "Down"}, {"severity", "critical"}};
  world.Fire(critical);
  Silence silence;
  silence.id = "s-1";
  silence.matchers = {Equal("n", "a")};
  silence.starts_at_ms = kStart;
  silence.ends_at_ms = kStart + kSecond;
  world.dispatcher.SetSilences({silence});

  const LabelPairs warning = {{"alertname", "X"}, {"n", "a"}, {"severity", "warning"}};
  const AlertVerdict verdict = world.dispatcher.VerdictOf(warning, kStart);
  EXPECT_EQ(verdict.receivers, Texts({"team"}));
  EXPECT_EQ(verdict.silenced_by, Texts({"s-1"}));
  EXPECT_EQ(verdict.inhibited_by, Texts({FingerprintText(Fingerprint(critical))}));
  EXPECT_TRUE(world.dispatcher.VerdictOf(warning, kStart + kSecond).silenced_by.empty());
  EXPECT_TRUE(world.dispatcher.VerdictOf(critical, kStart).inhibited_by.empty());
}

}  // namespace
}  // namespace ecsward::notify
