#include "collectors/softnet.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseSoftnet, TakesTheCpuFromTheLineWhereItSaysSo) {
  std::vector<SoftnetCpu> cpus;
  ASSERT_TRUE(
      ParseSoftnet("10 1 2 0 0 0 0 0 3 4 5 6 0 0 0\n"
                   "20 1 2 0 0 0 0 0 3 4 5 6 2 0 0\n",  // CPU 1 is offline
                   cpus));
  ASSERT_EQ(cpus.size(), 2u);
  EXPECT_EQ(cpus[0].processed, 16);
  EXPECT_EQ(cpus[1].cpu, 2u);
  EXPECT_EQ(cpus[1].backlog_len, 6);
}

TEST(ParseSoftnet, TakesTheShorterLinesOfAnOldKernel) {
  std::vector<SoftnetCpu> cpus;
  ASSERT_TRUE(ParseSoftnet("1 0 0 0 0 0 0 0 0 0 7\n1 0 0 0 0 0 0 0 0 0 0\n", cpus));
  EXPECT_EQ(cpus[0].flow_limit_count, 7);
  EXPECT_FALSE(cpus[0].backlog_len);
  EXPECT_EQ(cpus[1].cpu, 1u);
}

TEST(ParseSoftnet, NamesTheBadLine) {
  std::vector<SoftnetCpu> cpus;
  EXPECT_NE(ParseSoftnet("1 2 3\n1 x 3\n", cpus).error().message.find("line 2"), std::string::npos);
  EXPECT_FALSE(ParseSoftnet("1 2\n", cpus));
}

TEST(SoftnetCollector, NamesTheCounters) {
  HostFixture host;
  host.Write("proc/net/softnet_stat", "0a 1 2\n");
  EXPECT_EQ(*host.RunOnce("softnet"),
            "node_softnet_dropped_total{cpu=\"0\"} 1\nnode_softnet_processed_total{cpu=\"0\"} 10\n"
            "node_softnet_times_squeezed_total{cpu=\"0\"} 2\n");
}

}  // namespace
}  // namespace ecsward
