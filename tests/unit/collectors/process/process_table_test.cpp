#include "collectors/process/process_table.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/process/process_host.h"

namespace ecsward {
namespace {

using std::chrono::seconds;

class ProcessTableTest : public testing::Test {
 protected:
  ProcessTable Make(ProcessTable::Limits limits = {}) {
    return ProcessTable(host.Env().root.Path(Tree::kProc, ""), 100, limits);
  }
  void All(ProcessTable& table, int second) {
    const auto looked = table.LookAtAll(MonoTime(seconds(second)));
    ASSERT_TRUE(looked) << looked.error().message;
  }
  ProcessHost host;
};

TEST_F(ProcessTableTest, MeasuresCoresBetweenTwoLooks) {
  host.Put({.pid = 30, .name = "java", .user = 1000, .system = 500});
  host.Put({.pid = 4, .name = "sh"});
  auto table = Make();
  All(table, 10);
  ASSERT_EQ(table.processes().size(), 2u);
  EXPECT_EQ(table.processes()[0].pid, 4);  // by number
  EXPECT_EQ(table.Find(30)->cores, 0);     // what was before us is no news
  EXPECT_EQ(table.Find(30)->new_user_ticks, 0u);
  host.Put({.pid = 30, .name = "java", .user = 1200, .system = 550});
  All(table, 15);
  EXPECT_DOUBLE_EQ(table.Find(30)->cores, 0.5);
  EXPECT_EQ(table.Find(30)->new_user_ticks, 200u);
  EXPECT_EQ(table.Find(30)->new_system_ticks, 50u);
  EXPECT_EQ(table.active().size(), 1u);
}

TEST_F(ProcessTableTest, CountsANewProcessFromItsStart) {
  host.Put({.pid = 4, .name = "sh", .start = 100});
  auto table = Make();
  All(table, 10);
  host.Put({.pid = 50, .name = "gcc", .user = 300, .start = 900});
  // One from before us that could not be seen.
  host.Put({.pid = 51, .name = "old", .user = 9000, .start = 50});
  All(table, 15);
  EXPECT_EQ(table.Find(50)->new_user_ticks, 300u);
  EXPECT_DOUBLE_EQ(table.Find(50)->cores, 0.6);
  EXPECT_EQ(table.Find(51)->new_user_ticks, 0u);
  EXPECT_EQ(table.Find(51)->cores, 0);
}

TEST_F(ProcessTableTest, ForgetsTheDeadAndClosesTheirFiles) {
  host.Put({.pid = 4, .name = "sh"});
  host.Put({.pid = 5, .name = "sh"});
  auto table = Make();
  All(table, 10);
  EXPECT_EQ(table.kept_open(), 2u);
  host.End(4);
  All(table, 15);
  EXPECT_EQ(table.Find(4), nullptr);
  EXPECT_EQ(table.kept_open(), 1u);
}

TEST_F(ProcessTableTest, TellsAProcessFromALaterOneWithItsNumber) {
  host.Put({.pid = 4, .name = "sh", .user = 500, .start = 100});
  auto table = Make();
  All(table, 10);
  host.Put({.pid = 4, .name = "nginx", .user = 20, .start = 2000});
  All(table, 15);
  ASSERT_EQ(table.processes().size(), 1u);
  EXPECT_EQ(table.Find(4)->name, "nginx");
  EXPECT_EQ(table.Find(4)->new_user_ticks, 20u);
  EXPECT_TRUE(table.Find(4)->renamed);
  EXPECT_EQ(table.kept_open(), 1u);
}

TEST_F(ProcessTableTest, LooksAtTheHotOnesOnlyInBetween) {
  host.Put({.pid = 4, .name = "idle"});
  host.Put({.pid = 5, .name = "busy"});
  auto table = Make();
  All(table, 10);
  host.Put({.pid = 5, .name = "busy", .user = 500});
  All(table, 15);
  ASSERT_EQ(table.hot().size(), 1u);
  host.Put({.pid = 5, .name = "busy", .user = 600});
  host.Put({.pid = 4, .name = "idle", .user = 100});
  table.LookAtHot(MonoTime(seconds(16)));
  EXPECT_DOUBLE_EQ(table.Find(5)->cores, 1);
  EXPECT_EQ(table.Find(4)->cores, 0);
  All(table, 20);
  EXPECT_DOUBLE_EQ(table.Find(4)->cores, 0.2);
}

TEST_F(ProcessTableTest, KeepsTheHottestWhenThereAreTooMany) {
  auto table = Make({.hot = 2});
  for (int pid = 1; pid <= 5; ++pid) host.Put({.pid = pid, .name = "p"});
  All(table, 10);
  for (int pid = 1; pid <= 5; ++pid) host.Put({.pid = pid, .name = "p", .user = pid * 10});
  All(table, 15);
  EXPECT_EQ(table.active().size(), 5u);
  ASSERT_EQ(table.hot().size(), 2u);
  for (const std::size_t i : table.hot()) EXPECT_GE(table.processes()[i].pid, 4);
}

TEST_F(ProcessTableTest, AHotProcessThatEndsIsNotCountedOn) {
  host.Put({.pid = 5, .name = "busy"});
  auto table = Make();
  All(table, 10);
  host.Put({.pid = 5, .name = "busy", .user = 500});
  All(table, 15);
  host.Put({.pid = 5, .name = "busy", .user = 1, .start = 3000});  // another one already
  table.LookAtHot(MonoTime(seconds(16)));
  EXPECT_FALSE(table.Find(5)->alive);
  EXPECT_EQ(table.Find(5)->cores, 0);
  All(table, 20);
  EXPECT_TRUE(table.Find(5)->alive);
  EXPECT_EQ(table.Find(5)->new_user_ticks, 1u);
}

TEST_F(ProcessTableTest, OpensNoMoreFilesThanItMayKeep) {
  for (int pid = 1; pid <= 20; ++pid) host.Put({.pid = pid, .name = "p"});
  auto table = Make({.kept_open = 8});
  All(table, 10);
  EXPECT_EQ(table.kept_open(), 8u);
  EXPECT_EQ(table.processes().size(), 20u);
  for (int pid = 1; pid <= 20; ++pid) host.Put({.pid = pid, .name = "p", .user = 100});
  for (int pid = 1; pid <= 4; ++pid) host.End(pid);
  All(table, 15);
  EXPECT_EQ(table.processes().size(), 16u);
  for (const Process& process : table.processes()) EXPECT_EQ(process.new_user_ticks, 100u);
  EXPECT_LE(table.kept_open(), 8u);
}

TEST_F(ProcessTableTest, IsBoundedInAForkBomb) {
  for (int pid = 1; pid <= 300; ++pid) host.Put({.pid = pid, .name = "bomb"});
  auto table = Make({.processes = 100});
  All(table, 10);
  EXPECT_EQ(table.processes().size(), 100u);
  EXPECT_EQ(table.left_out(), 200u);
}

TEST_F(ProcessTableTest, SeesWhoHangs) {
  host.Put({.pid = 5, .name = "nfs", .state = 'D'});
  auto table = Make();
  All(table, 10);
  EXPECT_EQ(table.hot().size(), 1u);
  table.LookAtHot(MonoTime(seconds(11)));
  EXPECT_EQ(table.Find(5)->blocked_since, MonoTime(seconds(10)));
  host.Put({.pid = 5, .name = "nfs", .user = 1, .state = 'D'});  // it did something in between
  table.LookAtHot(MonoTime(seconds(12)));
  EXPECT_EQ(table.Find(5)->blocked_since, MonoTime{});
}

TEST_F(ProcessTableTest, PassesOverWhatIsNoProcess) {
  host.Put({.pid = 5, .name = "sh"});
  host.Write("proc/self/stat", "5 (sh) S");
  host.Write("proc/6/stat", "garbage");
  host.Write("proc/7/status", "no stat");
  host.Write("proc/12345678901/stat", "too long a number");
  auto table = Make();
  All(table, 10);
  ASSERT_EQ(table.processes().size(), 1u);
  EXPECT_EQ(table.kept_open(), 1u);
}

TEST_F(ProcessTableTest, MakesHostileNamesSafe) {
  host.Put({.pid = 5, .name = "\x1b[31mred\nx"});
  auto table = Make();
  All(table, 10);
  EXPECT_EQ(table.Find(5)->name, "?[31mred?x");
}

TEST_F(ProcessTableTest, SaysThatThereIsNoProc) {
  ProcessTable table("/nonexistent/proc", 100, {});
  EXPECT_FALSE(table.LookAtAll(MonoTime(seconds(1))));
}

}  // namespace
}  // namespace ecsward
