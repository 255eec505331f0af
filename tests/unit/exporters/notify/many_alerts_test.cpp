// Ten thousand alerts at once: ten times as many as a thousand, and so is what they cost. A
// machine's speed says nothing here: what is quadratic would cost a hundred times as much.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/unit/exporters/notify/dispatch_world.h"

namespace ecsward::notify {
namespace {

LabelPairs Labels(int i, const char* severity) {
  return {{"alertname", "Disk" + std::to_string(i % 100)},
          {"instance", "i-" + std::to_string(i)},
          {"job", "node"},
          {"n", std::to_string(i)},
          {"severity", severity}};
}

// What the calling thread worked for it, in seconds.
template <class Story>
double CostOf(Story story, int alerts) {
  const ThreadCpuClock clock;
  const MonoTime begin = clock.Mono();
  story(alerts);
  return std::chrono::duration<double>(clock.Mono() - begin).count();
}

template <class Story>
void ExpectLinear(Story story) {
  story(100);  // memory and caches
  const double few = CostOf(story, 1'000);
  EXPECT_LT(CostOf(story, 10'000), 40 * few);
}

// One group of all, told to two channels; then all are over.
TEST(ManyAlerts, InOneGroup) {
  ExpectLinear([](int alerts) {
    RoutingConfig config = OneRoute();
    config.route->group_by = {};
    config.receivers[0] = MakeReceiver("ops", {true, true});
    DispatchWorld world(config);
    for (int i = 0; i < alerts; ++i) world.Fire(Labels(i, "warning"));
    world.RunTo(10);
    ASSERT_EQ(world.intents.size(), 2u);
    EXPECT_EQ(world.intents[1].notice.alerts.size(), static_cast<std::size_t>(alerts));
    for (int i = 0; i < alerts; ++i) world.Resolve(Labels(i, "warning"));
    world.RunTo(40);
    EXPECT_EQ(world.intents.size(), 4u);
    EXPECT_EQ(world.forgotten, static_cast<std::size_t>(alerts));
    EXPECT_EQ(world.dispatcher.alerts(), 0u);
  });
}

TEST(ManyAlerts, InAGroupEach) {
  ExpectLinear([](int alerts) {
    RoutingConfig config = OneRoute();
    config.route->group_by_all = true;
    DispatchWorld world(config);
    for (int i = 0; i < alerts; ++i) world.Fire(Labels(i, "warning"));
    EXPECT_EQ(world.dispatcher.groups(), static_cast<std::size_t>(alerts));
    world.RunTo(10);
    EXPECT_EQ(world.Said().size(), static_cast<std::size_t>(alerts));
    world.RunTo(100);  // three ticks with nothing to say
    EXPECT_EQ(world.Said(), Texts());
    for (int i = 0; i < alerts; ++i) world.Resolve(Labels(i, "warning"));
    world.RunTo(200);
    EXPECT_EQ(world.Said().size(), static_cast<std::size_t>(alerts));
    EXPECT_EQ(world.dispatcher.groups(), 0u);
  });
}

// Half of them inhibit the other half, each its own; and all of them one more.
TEST(ManyAlerts, ThatInhibitOthers) {
  ExpectLinear([](int alerts) {
    RoutingConfig config = OneRoute();
    config.route->group_by = {"severity"};
    config.inhibit_rules = {
        {{Equal("severity", "critical")}, {Equal("severity", "warning")}, {"instance"}},
        {{Equal("severity", "critical")}, {Equal("severity", "info")}, {}}};
    DispatchWorld world(config);
    for (int i = 0; i < alerts / 2; ++i) {
      world.Fire(Labels(i, "critical"));
      world.Fire(Labels(i, i == 7 ? "info" : "warning"));
    }
    world.RunTo(10);
    ASSERT_EQ(world.intents.size(), 1u);
    EXPECT_EQ(world.intents[0].notice.alerts.size(), static_cast<std::size_t>(alerts / 2));
    for (int i = 0; i < alerts / 2; ++i) world.Resolve(Labels(i, "critical"));
    world.RunTo(40);
    EXPECT_EQ(world.intents.size(), 4u);
  });
}

TEST(ManyAlerts, WithNothingDueCostNothing) {
  DispatchWorld few, many;
  few.Fire(Labels(0, "warning"));
  for (int i = 0; i < 10'000; ++i) many.Fire(Labels(i, "warning"));
  few.RunTo(10);
  many.RunTo(10);
  const auto look = [](DispatchWorld& world) {
    return CostOf(
        [&world](int times) {
          for (int i = 0; i < times; ++i) {
            if (!world.dispatcher.RunDue(world.now_ms()).intents.empty()) return;
            (void)world.dispatcher.NextDueMs();
          }
        },
        10'000);
  };
  EXPECT_LT(look(many), 10 * look(few));
}

}  // namespace
}  // namespace ecsward::notify
