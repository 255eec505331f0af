#include "collectors/stat.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kText =
    "cpu  1 2 3 4\ncpu0 1 2 3 4\nintr 900 1 2\nctxt 38014093\nbtime 1418183276\nprocesses 26442\n"
    "procs_running 2\nprocs_blocked 1\nsoftirq 5057579 250191 1481983 1647 211099 186066 0 1783454 "
    "622196 12499 508444\n";

TEST(StatCollector, NamesTheKernelsCounters) {
  HostFixture host;
  host.Write("proc/stat", kText);
  EXPECT_EQ(*host.RunOnce("stat"),
            "node_boot_time_seconds 1.418183276e+09\n"
            "node_context_switches_total 3.8014093e+07\n"
            "node_forks_total 26442\n"
            "node_intr_total 900\n"
            "node_procs_blocked 1\n"
            "node_procs_running 2\n");
}

TEST(StatCollector, CountsSoftirqsWhenAsked) {
  HostFixture host;
  host.Write("proc/stat", kText);
  const auto run = host.RunOnce("stat", {{"softirq", "true"}});
  EXPECT_NE(run->find("node_softirqs_total{vector=\"hi\"} 250191\n"), std::string::npos) << *run;
  EXPECT_NE(run->find("node_softirqs_total{vector=\"rcu\"} 508444\n"), std::string::npos) << *run;
}

TEST(ParseKernelStat, RefusesACounterWithoutANumber) {
  const auto stat = ParseKernelStat("cpu0 1\nctxt\n");
  ASSERT_FALSE(stat);
  EXPECT_EQ(stat.error().message, "want a number behind \"ctxt\"");
}

TEST(ParseKernelStat, LeavesOutWhatIsNotThere) {
  const auto stat = ParseKernelStat("btime 7\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->boot_time, 7);
  EXPECT_FALSE(stat->interrupts);
}

}  // namespace
}  // namespace ecsward
