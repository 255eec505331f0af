#include "collectors/fibrechannel.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseFibreChannelCounter, ReadsHexadecimal) {
  EXPECT_EQ(ParseFibreChannelCounter("0x3a41c\n"), 238620);
  EXPECT_EQ(ParseFibreChannelCounter("0x0\n"), 0);
  EXPECT_EQ(ParseFibreChannelCounter("17\n"), 17);
}

TEST(ParseFibreChannelCounter, HasNoneWhereTheAdapterDoesNotCount) {
  EXPECT_FALSE(ParseFibreChannelCounter("0xffffffffffffffff\n"));
}

TEST(ParseFibreChannelCounter, RefusesWhatIsNoNumber) {
  for (const std::string_view bad : {"", "0x", "x", "0xg", "-1", "0x1ffffffffffffffff", "1 2"}) {
    EXPECT_FALSE(ParseFibreChannelCounter(bad)) << bad;
  }
}

class Fibrechannel : public ::testing::Test {
 protected:
  HostFixture host;
};

TEST_F(Fibrechannel, NamesCountersPerHost) {
  const std::string folder = "sys/class/fc_host/host7/";
  host.Write(folder + "speed", "16 Gbit\n");
  host.Write(folder + "port_state", "Online\n");
  host.Write(folder + "port_name", "0x100000109b1c7d21\n");
  host.Write(folder + "statistics/rx_frames", "0x10\n");
  host.Write(folder + "statistics/dumped_frames", "0xffffffffffffffff\n");
  host.Write(folder + "statistics/nos_count", "none\n");
  EXPECT_EQ(*host.RunOnce("fibrechannel"),
            "node_fibrechannel_info{fc_host=\"host7\",speed=\"16 Gbit\",port_state=\"Online\","
            "port_type=\"\",port_id=\"\",port_name=\"100000109b1c7d21\",fabric_name=\"\","
            "symbolic_name=\"\",supported_classes=\"\",supported_speeds=\"\",dev_loss_tmo=\"\"} 1\n"
            "node_fibrechannel_rx_frames_total{fc_host=\"host7\"} 16\n");
}

TEST_F(Fibrechannel, ForgetsAnAdapterThatIsGone) {
  host.Write("sys/class/fc_host/host7/port_state", "Online\n");
  const auto collector = host.Make("fibrechannel");
  SeriesSet set;
  ASSERT_NE(host.Run(*collector, set, Rescan::kEvery)->find("host7"), std::string::npos);
  host.Remove("sys/class/fc_host");
  EXPECT_EQ(host.Run(*collector, set).error().code, ErrorCode::kNotSupported);
}

TEST_F(Fibrechannel, IsNotOfferedWithoutAnAdapter) {
  EXPECT_EQ(host.RunOnce("fibrechannel").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
