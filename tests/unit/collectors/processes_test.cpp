#include "collectors/processes.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

std::string Stat(const std::string& name, char state, int threads) {
  return "7 (" + name + ") " + state + " 1 7 7 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 " +
         std::to_string(threads) + " 0 100\n";
}

TEST(ParseTaskStat, FindsTheStateBehindAnyName) {
  const auto stat = ParseTaskStat(Stat("a) R (b", 'S', 12));
  ASSERT_TRUE(stat) << stat.error().message;
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->threads, 12u);
}

TEST(ParseTaskStat, RefusesWhatIsCutOff) {
  const std::string whole = Stat("sh", 'S', 1);
  EXPECT_FALSE(ParseTaskStat(""));
  EXPECT_FALSE(ParseTaskStat("7 (sh"));
  EXPECT_FALSE(ParseTaskStat("7 (sh) S 1 2 3"));
  EXPECT_FALSE(ParseTaskStat(whole.substr(0, whole.size() - 10)));
}

TEST(ProcessesCollector, CountsProcessesAndThreadsByState) {
  HostFixture host;
  host.Write("proc/1/stat", Stat("init", 'S', 1));
  host.Write("proc/20/stat", Stat("java", 'S', 3));
  host.Write("proc/20/task/20/stat", Stat("java", 'S', 3));
  host.Write("proc/20/task/21/stat", Stat("gc", 'R', 3));
  host.Write("proc/20/task/22/stat", Stat("io", 'D', 3));
  host.Write("proc/30/stat", Stat("dead", 'Z', 1));
  host.Write("proc/40/status", "gone meanwhile");
  host.Write("proc/self/stat", Stat("init", 'S', 1));
  host.Write("proc/sys/kernel/pid_max", "32768\n");
  host.Write("proc/sys/kernel/threads-max", "14000\n");
  EXPECT_EQ(*host.RunOnce("processes"),
            "node_processes_max_processes 32768\nnode_processes_max_threads 14000\n"
            "node_processes_pids 3\n"
            "node_processes_state{state=\"S\"} 2\nnode_processes_state{state=\"Z\"} 1\n"
            "node_processes_threads 5\n"
            "node_processes_threads_state{thread_state=\"D\"} 1\n"
            "node_processes_threads_state{thread_state=\"R\"} 1\n"
            "node_processes_threads_state{thread_state=\"S\"} 2\n"
            "node_processes_threads_state{thread_state=\"Z\"} 1\n");
}

}  // namespace
}  // namespace ecsward
