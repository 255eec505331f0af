// Who is kept quiet, and what becomes of them: through the dispatcher, as it happens.
#include "exporters/notify/flush_stages.h"

#include <gtest/gtest.h>

#include "tests/unit/exporters/notify/dispatch_world.h"

namespace ecsward::notify {
namespace {

const std::string kX = "ops/webhook[0] {}:{alertname=\"X\"}";
const LabelPairs kA = {{"alertname", "X"}, {"n", "a"}};
const LabelPairs kB = {{"alertname", "X"}, {"n", "b"}};

Silence SilenceOf(LabelMatcher matcher, double from, double to) {
  Silence silence;
  silence.id = "s";
  silence.matchers = {std::move(matcher)};
  silence.starts_at_ms = kStart + static_cast<std::int64_t>(from * 1000);
  silence.ends_at_ms = kStart + static_cast<std::int64_t>(to * 1000);
  return silence;
}

TEST(FlushStages, ASilencedAlertIsToldWhenTheSilenceEnds) {
  DispatchWorld world;
  world.dispatcher.SetSilences({SilenceOf(Equal("n", "a"), 0, 40)});
  world.Fire(kA);
  world.Fire(kB);
  world.RunTo(39);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +b"}));
  world.RunTo(40);  // the end is no part of it
  EXPECT_EQ(world.Said(), Texts({"40.0 " + kX + " +a +b"}));
}

TEST(FlushStages, ASilenceThatHasNotBegunIsNone) {
  DispatchWorld world;
  world.dispatcher.SetSilences({SilenceOf(Equal("n", "a"), 11, 100)});
  world.Fire(kA);
  world.RunTo(10);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a"}));
}

// Alertmanager's: what was muted is deleted from its group when it is over, and was never told.
TEST(FlushStages, TheEndOfASilencedAlertIsNotTold) {
  DispatchWorld world;
  world.Fire(kA);
  world.RunTo(12);
  world.dispatcher.SetSilences({SilenceOf(Regexp("n", "a|x"), 0, 60)});
  world.Resolve(kA);
  world.RunTo(100);
  EXPECT_EQ(world.Said(), Texts({"10.0 " + kX + " +a"}));
  EXPECT_EQ(world.forgotten, 1u);
}

TEST(FlushStages, AnInhibitedAlertIsToldWhenItsSourceIsOver) {
  RoutingConfig config = OneRoute();
  config.inhibit_rules = {{{Equal("severity", "critical")}, {Equal("severity", "warning")}, {"n"}}};
  DispatchWorld world(config);
  const LabelPairs source = {{"alertname", "Down"}, {"n", "a"}, {"severity", "critical"}};
  const LabelPairs target = {{"alertname", "X"}, {"n", "a"}, {"severity", "warning"}};
  const LabelPairs other = {{"alertname", "X"}, {"n", "b"}, {"severity", "warning"}};
  world.Fire(target);
  world.Fire(other);
  world.RunTo(5);
  world.Fire(source);
  world.RunTo(20);
  EXPECT_EQ(world.Said(),
            Texts({"10.0 " + kX + " +b", "15.0 ops/webhook[0] {}:{alertname=\"Down\"} +a"}));
  world.Resolve(source);
  world.RunTo(40);
  EXPECT_EQ(world.Said(), Texts({"40.0 " + kX + " +a +b"}));
}

RoutingConfig WithInterval(bool mute, TimeInterval interval) {
  RoutingConfig config = OneRoute();
  config.time_intervals["quiet"] = {std::move(interval)};
  (mute ? config.route->mute_time_intervals : config.route->active_time_intervals) = {"quiet"};
  return config;
}

// The start is 2023-11-14T22:13:20Z.
TEST(FlushStages, TellsNothingInAMuteInterval) {
  TimeInterval until_2215;
  until_2215.minutes = {{22 * 60, 22 * 60 + 15}};
  DispatchWorld world(WithInterval(true, until_2215));
  world.Fire(kA);
  world.RunTo(99);
  EXPECT_EQ(world.Said(), Texts());
  world.RunTo(101);
  EXPECT_EQ(world.Said(), Texts({"100.0 " + kX + " +a"}));
}

TEST(FlushStages, TellsOnlyInAnActiveInterval) {
  TimeInterval from_2215;
  from_2215.minutes = {{22 * 60 + 15, 1440}};
  DispatchWorld world(WithInterval(false, from_2215));
  world.Fire(kA);
  world.RunTo(99);
  EXPECT_EQ(world.Said(), Texts());
  world.RunTo(101);
  EXPECT_EQ(world.Said(), Texts({"100.0 " + kX + " +a"}));
}

TEST(FlushStages, AMuteIntervalWinsOverAnActiveOne) {
  RoutingConfig config = WithInterval(true, TimeInterval());  // any time
  config.route->active_time_intervals = {"quiet"};
  DispatchWorld world(config);
  world.Fire(kA);
  world.RunTo(11);
  EXPECT_EQ(world.Said(), Texts());
}

TEST(FlushStages, OneOfSeveralIntervalsIsEnough) {
  TimeInterval never;
  never.years = {{1999, 1999}};
  RoutingConfig config = WithInterval(false, never);
  config.time_intervals["quiet"].push_back(TimeInterval());
  DispatchWorld world(config);
  world.Fire(kA);
  world.RunTo(11);
  EXPECT_EQ(world.Said().size(), 1u);
}

TEST(FlushStages, TheEndInsideAMuteIntervalIsNotTold) {
  TimeInterval until_2215;
  until_2215.minutes = {{22 * 60, 22 * 60 + 15}};
  DispatchWorld world(WithInterval(true, until_2215));
  world.Fire(kA);
  world.Fire(kB);
  world.RunTo(20);
  world.Resolve(kA);
  world.RunTo(101);
  EXPECT_EQ(world.Said(), Texts({"100.0 " + kX + " +b"}));
}

TEST(FlushStages, AZoneMovesTheInterval) {
  TimeInterval morning;  // 22:13 UTC is 06:13 of the next day in Shanghai, a Wednesday
  morning.minutes = {{6 * 60, 7 * 60}};
  morning.weekdays = {{3, 3}};
  morning.location = "Asia/Shanghai";
  DispatchWorld world(WithInterval(true, morning));
  world.Fire(kA);
  world.RunTo(11);
  EXPECT_EQ(world.Said(), Texts());
}

TEST(FlushStages, ANoticeIsOrderedAndFiringOnesAreFirst) {
  RoutingConfig config = OneRoute();
  config.route->group_by = {};
  DispatchWorld world(config);
  world.Fire({{"alertname", "Z"}, {"n", "3"}});
  world.Fire({{"alertname", "A"}, {"instance", "i2"}, {"job", "j"}, {"n", "2"}});
  world.Fire({{"alertname", "A"}, {"instance", "i1"}, {"job", "j"}, {"n", "1"}});
  world.RunTo(12);
  world.Resolve({{"alertname", "A"}, {"instance", "i1"}, {"job", "j"}, {"n", "1"}});
  world.RunTo(41);
  EXPECT_EQ(world.Said(),
            Texts({"10.0 ops/webhook[0] {}:{} +1 +2 +3", "40.0 ops/webhook[0] {}:{} +2 +3 -1"}));
}

bool Before(LabelPairs a, LabelPairs b) {
  return StandsBefore(DispatchWorld::Alert(std::move(a)), DispatchWorld::Alert(std::move(b)));
}

// source: Alertmanager 0.25, types.AlertSlice and model.LabelSet.Before
TEST(StandsBefore, LooksAtJobThenInstanceThenAllLabels) {
  EXPECT_TRUE(Before({{"job", "a"}, {"x", "9"}}, {{"job", "b"}}));
  EXPECT_TRUE(Before({{"job", "z"}}, {{"a", "1"}}));  // who has no job is behind
  EXPECT_FALSE(Before({{"a", "1"}}, {{"job", "z"}}));
  EXPECT_TRUE(Before({{"instance", "a"}, {"job", "a"}}, {{"instance", "b"}, {"job", "a"}}));
  EXPECT_TRUE(Before({{"instance", "b"}, {"job", "a"}}, {{"job", "a"}}));
  EXPECT_TRUE(Before({{"z", "9"}}, {{"a", "1"}, {"b", "1"}}));  // fewer labels
  EXPECT_FALSE(Before({{"a", "1"}, {"b", "1"}}, {{"z", "9"}}));
  EXPECT_TRUE(Before({{"a", "1"}}, {{"a", "2"}}));
  EXPECT_FALSE(Before({{"a", "1"}}, {{"a", "1"}}));
  EXPECT_TRUE(Before({{"b", "1"}}, {{"a", "2"}}));  // who has not got the first of all names
  EXPECT_FALSE(Before({{"a", "2"}}, {{"b", "1"}}));
}

}  // namespace
}  // namespace ecsward::notify
