#include "collectors/bonding.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

class Bonding : public ::testing::Test {
 protected:
  void SetUp() override {
    host.Write("sys/class/net/bonding_masters", "bond0\n");
    host.Write("sys/class/net/bond0/bonding/slaves", "eth0 eth1\n");
    State("lower_eth0", "up\n");
    State("slave_eth1", "down\n");  // as kernels before 3.13 called it
  }
  void State(std::string_view slave, std::string_view state) {
    host.Write("sys/class/net/bond0/" + std::string(slave) + "/bonding_slave/mii_status", state);
  }
  HostFixture host;
  SeriesSet set;
};

TEST_F(Bonding, CountsSlavesAndThoseThatWork) {
  EXPECT_EQ(*host.RunOnce("bonding"),
            "node_bonding_active{master=\"bond0\"} 1\nnode_bonding_slaves{master=\"bond0\"} 2\n");
}

TEST_F(Bonding, FollowsASlaveThatLeaves) {
  const auto collector = host.Make("bonding");
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("sys/class/net/bond0/bonding/slaves", "eth1\n");
  EXPECT_EQ(*host.Run(*collector, set),
            "node_bonding_active{master=\"bond0\"} 0\nnode_bonding_slaves{master=\"bond0\"} 1\n");
}

TEST_F(Bonding, IsNotOfferedWithoutTheDriver) {
  host.Remove("sys/class/net/bonding_masters");
  EXPECT_EQ(host.RunOnce("bonding").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
