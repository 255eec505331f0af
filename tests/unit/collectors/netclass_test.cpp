#include "collectors/netclass.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseSysfsNumber, ReadsDecimalAndHex) {
  EXPECT_EQ(ParseSysfsNumber("1500\n"), 1500);
  EXPECT_EQ(ParseSysfsNumber("-1\n"), -1);
  EXPECT_EQ(ParseSysfsNumber("0x1003\n"), 4099);
  EXPECT_FALSE(ParseSysfsNumber(""));
  EXPECT_FALSE(ParseSysfsNumber("0x"));
  EXPECT_FALSE(ParseSysfsNumber("fast"));
}

class Netclass : public ::testing::Test {
 protected:
  void Attribute(std::string_view name, std::string_view text) {
    host.Write(std::string("sys/class/net/eth0/").append(name), text);
  }
  HostFixture host;
};

TEST_F(Netclass, NamesStateAndSettings) {
  Attribute("ifindex", "4\n");
  Attribute("iflink", "4\n");
  Attribute("flags", "0x1003\n");
  Attribute("operstate", "up\n");
  Attribute("address", "02:fc:00:00:00:01\n");
  Attribute("broadcast", "ff:ff:ff:ff:ff:ff\n");
  Attribute("ifalias", "the \"fast\" one\n");
  Attribute("duplex", "full\n");
  Attribute("speed", "10000\n");
  Attribute("carrier_up_count", "1\n");
  EXPECT_EQ(*host.RunOnce("netclass"),
            "node_network_carrier_up_changes_total{device=\"eth0\"} 1\n"
            "node_network_flags{device=\"eth0\"} 4099\n"
            "node_network_iface_id{device=\"eth0\"} 4\n"
            "node_network_iface_link{device=\"eth0\"} 4\n"
            "node_network_info{device=\"eth0\",address=\"02:fc:00:00:00:01\","
            "broadcast=\"ff:ff:ff:ff:ff:ff\",duplex=\"full\",operstate=\"up\",adminstate=\"up\","
            "ifalias=\"the \\\"fast\\\" one\"} 1\n"
            "node_network_speed_bytes{device=\"eth0\"} 1.25e+09\n"
            "node_network_up{device=\"eth0\"} 1\n");
}

TEST_F(Netclass, ShowsAnUnknownSpeedUnlessToldNotTo) {
  Attribute("ifindex", "4\n");
  Attribute("speed", "-1\n");
  EXPECT_NE(host.RunOnce("netclass")->find("node_network_speed_bytes{device=\"eth0\"} -125000\n"),
            std::string::npos);
  EXPECT_EQ(host.RunOnce("netclass", {{"ignore_invalid_speed", "true"}})->find("speed_bytes"),
            std::string::npos);
}

TEST_F(Netclass, SkipsFilesAndVanishedDevicesAmongTheDevices) {
  host.Write("sys/class/net/bonding_masters", "bond0\n");
  Attribute("ifindex", "4\n");
  const auto collector = host.Make("netclass");
  SeriesSet set;
  EXPECT_NE(host.Run(*collector, set)->find("eth0"), std::string::npos);
  Attribute("ifindex", "");  // sysfs would answer "no such device"
  EXPECT_EQ(*host.Run(*collector, set), "");
}

TEST_F(Netclass, IsNotOfferedWithoutSysfs) {
  const auto run = host.RunOnce("netclass");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
