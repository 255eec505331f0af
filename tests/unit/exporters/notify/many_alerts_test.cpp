// Ten thousand alerts at once. Limits are several times what it takes on a slow machine in a debug
// build, and far below what anything quadratic would.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "tests/unit/exporters/notify/dispatch_world.h"

namespace ecsward::notify {
namespace {

constexpr int kAlerts = 10'000;

LabelPairs Labels(int i, const char* severity) {
  return {{"alertname", "Disk" + std::to_string(i % 100)},
          {"instance", "i-" + std::to_string(i)},
          {"job", "node"},
          {"n", std::to_string(i)},
          {"severity", severity}};
}

class Stopwatch {
 public:
  // How long this thread has worked since the last call.
  double Seconds() {
    const MonoTime now = clock_.Mono();
    return std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  }

 private:
  ThreadCpuClock clock_;
  MonoTime last_ = clock_.Mono();
};

// One group of all, told to two channels; then all are over.
TEST(ManyAlerts, InOneGroup) {
  RoutingConfig config = OneRoute();
  config.route->group_by = {};
  config.receivers[0] = MakeReceiver("ops", {true, true});
  DispatchWorld world(config);
  Stopwatch watch;
  for (int i = 0; i < kAlerts; ++i) world.Fire(Labels(i, "warning"));
  world.RunTo(10);
  ASSERT_EQ(world.intents.size(), 2u);
  EXPECT_EQ(world.intents[1].notice.alerts.size(), std::size_t{kAlerts});
  for (int i = 0; i < kAlerts; ++i) world.Resolve(Labels(i, "warning"));
  world.RunTo(40);
  EXPECT_EQ(world.intents.size(), 4u);
  EXPECT_EQ(world.forgotten, std::size_t{kAlerts});
  EXPECT_EQ(world.dispatcher.alerts(), 0u);
  EXPECT_LT(watch.Seconds(), 10);
}

TEST(ManyAlerts, InAGroupEach) {
  RoutingConfig config = OneRoute();
  config.route->group_by_all = true;
  DispatchWorld world(config);
  Stopwatch watch;
  for (int i = 0; i < kAlerts; ++i) world.Fire(Labels(i, "warning"));
  EXPECT_EQ(world.dispatcher.groups(), std::size_t{kAlerts});
  world.RunTo(10);
  EXPECT_EQ(world.Said().size(), std::size_t{kAlerts});
  world.RunTo(100);  // three ticks with nothing to say
  EXPECT_EQ(world.Said(), Texts());
  for (int i = 0; i < kAlerts; ++i) world.Resolve(Labels(i, "warning"));
  world.RunTo(200);
  EXPECT_EQ(world.Said().size(), std::size_t{kAlerts});
  EXPECT_EQ(world.dispatcher.groups(), 0u);
  EXPECT_LT(watch.Seconds(), 10);
}

// Half of them inhibit the other half, each its own; all share the rule.
TEST(ManyAlerts, ThatInhibitEachOther) {
  RoutingConfig config = OneRoute();
  config.route->group_by = {"severity"};
  config.inhibit_rules = {
      {{Equal("severity", "critical")}, {Equal("severity", "warning")}, {"instance"}},
      {{Equal("severity", "critical")}, {Equal("severity", "info")}, {}}};
  DispatchWorld world(config);
  Stopwatch watch;
  for (int i = 0; i < kAlerts / 2; ++i) {
    world.Fire(Labels(i, "critical"));
    world.Fire(Labels(i, i == 7 ? "info" : "warning"));
  }
  world.RunTo(10);
  ASSERT_EQ(world.intents.size(), 1u);
  EXPECT_EQ(world.intents[0].notice.alerts.size(), std::size_t{kAlerts / 2});
  for (int i = 0; i < kAlerts / 2; ++i) world.Resolve(Labels(i, "critical"));
  world.RunTo(40);
  EXPECT_EQ(world.intents.size(), 4u);
  EXPECT_LT(watch.Seconds(), 10);
}

TEST(ManyAlerts, WithNothingDueCostNothing) {
  DispatchWorld world;
  for (int i = 0; i < kAlerts; ++i) world.Fire(Labels(i, "warning"));
  world.RunTo(10);
  Stopwatch watch;
  for (int i = 0; i < kAlerts; ++i) {
    EXPECT_TRUE(world.dispatcher.RunDue(world.now_ms()).intents.empty());
    EXPECT_TRUE(world.dispatcher.NextDueMs().has_value());
  }
  EXPECT_LT(watch.Seconds(), 1);
}

}  // namespace
}  // namespace ecsward::notify
