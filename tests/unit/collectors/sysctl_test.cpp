#include "collectors/sysctl.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseSysctlList, TellsKeysFromParameters) {
  const auto specs =
      ParseSysctlList("kernel.pid_max,net.ipv4.tcp_rmem:min,default,max, vm.swappiness");
  ASSERT_EQ(specs.size(), 3u);
  EXPECT_EQ(specs[1].name, "net.ipv4.tcp_rmem");
  EXPECT_EQ(specs[1].keys, (std::vector<std::string>{"min", "default", "max"}));
  EXPECT_EQ(specs[2].name, "vm.swappiness");
  EXPECT_TRUE(specs[2].keys.empty());
}

class Sysctl : public ::testing::Test {
 protected:
  Sysctl() {
    host_.Write("proc/sys/kernel/threads-max", "7801\n");
    host_.Write("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t-1\n");
    host_.Write("proc/sys/net/ipv4/tcp_allowed_congestion_control", "reno bbr\n");
  }
  HostFixture host_;
};

TEST_F(Sysctl, ReportsOneNumberOrSeveral) {
  EXPECT_EQ(*host_.RunOnce("sysctl", {{"include", "kernel.threads-max,net.ipv4.tcp_rmem"}}),
            "node_sysctl_kernel_threads_max 7801\n"
            "node_sysctl_net_ipv4_tcp_rmem{index=\"0\"} 4096\n"
            "node_sysctl_net_ipv4_tcp_rmem{index=\"1\"} 131072\n"
            "node_sysctl_net_ipv4_tcp_rmem{index=\"2\"} -1\n");
}

TEST_F(Sysctl, NamesEachNumberByItsKey) {
  EXPECT_EQ(*host_.RunOnce("sysctl", {{"include", "net.ipv4.tcp_rmem:min,default,max"}}),
            "node_sysctl_net_ipv4_tcp_rmem_default 131072\n"
            "node_sysctl_net_ipv4_tcp_rmem_max -1\nnode_sysctl_net_ipv4_tcp_rmem_min 4096\n");
}

TEST_F(Sysctl, ReportsWordsAsLabels) {
  EXPECT_EQ(*host_.RunOnce("sysctl", {{"include_info", "net.ipv4.tcp_allowed_congestion_control"}}),
            "node_sysctl_info{name=\"net.ipv4.tcp_allowed_congestion_control\",value=\"bbr\",index="
            "\"1\"} "
            "1\n"
            "node_sysctl_info{name=\"net.ipv4.tcp_allowed_congestion_control\",value=\"reno\","
            "index=\"0\"} "
            "1\n");
}

TEST_F(Sysctl, NamesTheFileThatIsWrongAndReportsTheRest) {
  const auto collector = host_.Make(
      "sysctl", {{"include", "net.ipv4.tcp_allowed_congestion_control,kernel.threads-max"}});
  SeriesSet set;
  const auto run = host_.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("tcp_allowed_congestion_control: line 1: want a number"),
            std::string::npos)
      << run.error().message;
  EXPECT_EQ(Samples(set), "node_sysctl_kernel_threads_max 7801\n");
}

TEST_F(Sysctl, NothingAskedForIsNothingToDo) {
  EXPECT_EQ(host_.RunOnce("sysctl").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
