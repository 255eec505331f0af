#include "rules/alert_step.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

constexpr AlertTimes kFor20{.for_ms = 20, .keep_firing_for_ms = 0, .resolved_retention_ms = 100};
constexpr AlertTimes kKeep30{.for_ms = 0, .keep_firing_for_ms = 30, .resolved_retention_ms = 100};

TEST(AlertStep, FiresWhenItHeldForLongEnough) {
  Alert alert;
  EXPECT_TRUE(Step(alert, true, 1000, kFor20));
  EXPECT_EQ(alert.state, AlertState::kPending);
  Step(alert, true, 1019, kFor20);
  EXPECT_EQ(alert.state, AlertState::kPending);
  Step(alert, true, 1020, kFor20);
  EXPECT_EQ(alert.state, AlertState::kFiring);
  EXPECT_EQ(alert.active_at_ms, 1000);
  EXPECT_EQ(alert.fired_at_ms, 1020);
}

TEST(AlertStep, WithoutForFiresAtOnce) {
  Alert alert;
  Step(alert, true, 1000, kKeep30);
  EXPECT_EQ(alert.state, AlertState::kFiring);
}

TEST(AlertStep, ForgetsAPendingAlertThatIsGone) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  EXPECT_FALSE(Step(alert, false, 1010, kFor20));
  EXPECT_EQ(alert.state, AlertState::kInactive);
}

TEST(AlertStep, ShowsAResolvedAlertForTheRetention) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  Step(alert, true, 1020, kFor20);
  EXPECT_TRUE(Step(alert, false, 1030, kFor20));
  EXPECT_EQ(alert.resolved_at_ms, 1030);
  EXPECT_TRUE(Step(alert, false, 1130, kFor20));
  EXPECT_FALSE(Step(alert, false, 1131, kFor20));
}

TEST(AlertStep, BeginsAnewAfterItWasResolved) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  Step(alert, true, 1020, kFor20);
  Step(alert, false, 1030, kFor20);
  Step(alert, true, 1040, kFor20);
  EXPECT_EQ(alert.state, AlertState::kPending);
  EXPECT_EQ(alert.active_at_ms, 1040);
  EXPECT_EQ(alert.resolved_at_ms, 0);
  EXPECT_EQ(alert.fired_at_ms, 0);
}

TEST(AlertStep, KeepsFiringForAWhile) {
  Alert alert;
  Step(alert, true, 1000, kKeep30);
  Step(alert, false, 1010, kKeep30);
  EXPECT_EQ(alert.state, AlertState::kFiring);
  EXPECT_EQ(alert.keep_firing_since_ms, 1010);
  Step(alert, false, 1039, kKeep30);
  EXPECT_EQ(alert.state, AlertState::kFiring);
  Step(alert, false, 1040, kKeep30);
  EXPECT_EQ(alert.state, AlertState::kInactive);
}

TEST(AlertStep, CountsKeepFiringForFromTheLastTimeItHeld) {
  Alert alert;
  Step(alert, true, 1000, kKeep30);
  Step(alert, false, 1010, kKeep30);
  Step(alert, true, 1020, kKeep30);
  EXPECT_EQ(alert.keep_firing_since_ms, 0);
  Step(alert, false, 1045, kKeep30);
  EXPECT_EQ(alert.state, AlertState::kFiring);
}

TEST(AlertStepOverOutage, DoesNotCountTheTimeAway) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  EXPECT_TRUE(StepOverOutage(alert, 1005, 1505, 0, kFor20));
  EXPECT_EQ(alert.active_at_ms, 1500);
  Step(alert, true, 1519, kFor20);
  EXPECT_EQ(alert.state, AlertState::kPending);
  Step(alert, true, 1520, kFor20);
  EXPECT_EQ(alert.state, AlertState::kFiring);
}

TEST(AlertStepOverOutage, LeavesAFiringAlertFiring) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  Step(alert, true, 1020, kFor20);
  EXPECT_TRUE(StepOverOutage(alert, 1030, 1500, 0, kFor20));
  EXPECT_EQ(alert.active_at_ms, 1000);
  EXPECT_EQ(alert.fired_at_ms, 1020);
}

TEST(AlertStepOverOutage, GivesATimerAtLeastTheGracePeriod) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  EXPECT_TRUE(StepOverOutage(alert, 1015, 1500, 10, kFor20));  // 5 were left
  Step(alert, true, 1509, kFor20);
  EXPECT_EQ(alert.state, AlertState::kPending);
  Step(alert, true, 1510, kFor20);
  EXPECT_EQ(alert.state, AlertState::kFiring);
}

TEST(AlertStepOverOutage, BeginsAnewWhenForIsShorterThanTheGracePeriod) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  EXPECT_FALSE(StepOverOutage(alert, 1015, 1500, 21, kFor20));
}

TEST(AlertShift, MovesOnlyTimesThatAreSet) {
  Alert alert;
  Step(alert, true, 1000, kFor20);
  Shift(alert, 60);
  EXPECT_EQ(alert.active_at_ms, 1060);
  EXPECT_EQ(alert.fired_at_ms, 0);
}

TEST(AlertStepOverOutage, WithoutAnOutageKeepsTheTimer) {
  Alert alert;
  alert.state = AlertState::kPending;
  alert.active_at_ms = 40'000;
  EXPECT_TRUE(StepOverOutage(alert, 60'000, 60'000, 600'000, {.for_ms = 30'000}));
  EXPECT_EQ(alert.active_at_ms, 40'000);
}

}  // namespace
}  // namespace ecsward
