#include "collectors/network_links.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "tests/unit/collectors/fake_netlink.h"

namespace ecsward {
namespace {

std::string LinkPayload(std::string_view name, int index, unsigned flags, std::string attributes) {
  ifinfomsg info{};
  info.ifi_type = 1;
  info.ifi_index = index;
  info.ifi_flags = flags;
  return Bytes(info) + Attribute(IFLA_IFNAME, std::string(name) + '\0') + attributes;
}

rtnl_link_stats64 Stats() {
  rtnl_link_stats64 s{};
  s.rx_bytes = 1000;
  s.rx_dropped = 1;
  s.rx_missed_errors = 2;
  s.rx_crc_errors = 4;
  s.rx_length_errors = 8;
  s.tx_carrier_errors = 16;
  s.tx_window_errors = 32;
  s.rx_nohandler = 64;
  return s;
}

TEST(ParseLinkMessage, AddsTheDetailsUpAsProcNetDevDoes) {
  NetworkLink link;
  ASSERT_TRUE(ParseLinkMessage(
      LinkPayload("eth0", 4, IFF_UP, Attribute(IFLA_STATS64, Bytes(Stats()))), link));
  EXPECT_EQ(link.name, "eth0");
  EXPECT_EQ(link.index, 4u);
  EXPECT_EQ(link.counters.receive_bytes, 1000);
  EXPECT_EQ(link.counters.receive_drop, 3);
  EXPECT_EQ(link.counters.receive_frame, 12);
  EXPECT_EQ(link.counters.transmit_carrier, 48);
  EXPECT_EQ(link.counters.receive_nohandler, 64);
}

TEST(ParseLinkMessage, TakesTheShorterCountersOfAnOldKernel) {
  NetworkLink link;
  const std::string old = Bytes(Stats()).substr(0, 23 * 8);
  ASSERT_TRUE(ParseLinkMessage(LinkPayload("eth0", 4, 0, Attribute(IFLA_STATS64, old)), link));
  EXPECT_EQ(link.counters.receive_bytes, 1000);
  EXPECT_FALSE(link.counters.receive_nohandler);
}

TEST(ParseLinkMessage, LeavesOutWhatSysfsRefusesWhileTheLinkIsDown) {
  NetworkLink link;
  const std::string carrier = Attribute(IFLA_CARRIER, std::string(1, '\1'));
  ASSERT_TRUE(ParseLinkMessage(LinkPayload("eth0", 4, 0, carrier), link));
  EXPECT_FALSE(link.properties.carrier);
  EXPECT_FALSE(link.properties.dormant);
  ASSERT_TRUE(ParseLinkMessage(LinkPayload("eth0", 4, IFF_UP, carrier), link));
  EXPECT_EQ(link.properties.carrier, 1);
  EXPECT_EQ(link.properties.dormant, 0);
}

TEST(ParseLinkMessage, ShowsFlagsAsSysfsDoes) {
  NetworkLink link;
  const std::string captured = Attribute(IFLA_PROMISCUITY, Bytes(std::uint32_t{1}));
  ASSERT_TRUE(ParseLinkMessage(
      LinkPayload("eth0", 4, IFF_UP | IFF_RUNNING | IFF_LOWER_UP, captured), link));
  EXPECT_EQ(link.properties.flags, IFF_UP | IFF_PROMISC);
}

TEST(ParseLinkMessage, WritesAddressesAndStatesAsSysfsDoes) {
  NetworkLink link;
  ASSERT_TRUE(
      ParseLinkMessage(LinkPayload("eth0", 4, 0,
                                   Attribute(IFLA_ADDRESS, std::string("\x02\xfc\0\0\0\x0a", 6)) +
                                       Attribute(IFLA_OPERSTATE, std::string(1, '\x06'))),
                       link));
  EXPECT_EQ(link.properties.address, "02:fc:00:00:00:0a");
  EXPECT_EQ(link.properties.operstate, "up");
  EXPECT_EQ(link.properties.iflink, 4) << "left out where it is the interface itself";
}

TEST(ParseLinkMessage, ForgetsTheInterfaceBefore) {
  NetworkLink link;
  ASSERT_TRUE(ParseLinkMessage(
      LinkPayload("a", 1, IFF_UP,
                  Attribute(IFLA_STATS64, Bytes(Stats())) + Attribute(IFLA_IFALIAS, "x")),
      link));
  ASSERT_TRUE(ParseLinkMessage(LinkPayload("b", 2, 0, ""), link));
  EXPECT_FALSE(link.has_counters);
  EXPECT_EQ(link.properties.ifalias, "");
  EXPECT_FALSE(link.properties.carrier);
}

TEST(ParseLinkMessage, RefusesAMessageWithoutAName) {
  NetworkLink link;
  EXPECT_FALSE(ParseLinkMessage(Bytes(ifinfomsg{}), link));
  EXPECT_FALSE(ParseLinkMessage("short", link));
}

TEST(NetworkLinks, AsksOncePerTick) {
  FakeNetlinkPort::Log log;
  const HostRoot root;
  NetworkLinks links(
      root,
      std::make_unique<FakeNetlinkPort>(
          std::vector<std::vector<FakeNetlinkPort::Datagram>>{
              {{0, NetlinkBytes(RTM_NEWLINK, LinkPayload("eth0", 4, 0, "")) +
                       NetlinkBytes(RTM_NEWLINK, LinkPayload("eth1", 5, 0, "")) + DumpEnd()}}},
          log));
  FakeClock clock;
  EXPECT_TRUE(links.Read({1, clock.Wall(), clock.Mono()}));
  EXPECT_TRUE(links.Read({1, clock.Wall(), clock.Mono()}));
  EXPECT_EQ(log.requests, 1);
  EXPECT_EQ(links.links().size(), 2u);
  EXPECT_EQ(links.NameOf(5), "eth1");
  EXPECT_EQ(links.NameOf(6), "");
  EXPECT_TRUE(links.Read({2, clock.Wall(), clock.Mono()}));
  EXPECT_EQ(log.requests, 2);
}

TEST(NetworkLinks, LeavesAForbiddenNetlinkAloneForAMinute) {
  FakeNetlinkPort::Log log;
  const HostRoot root;
  NetworkLinks links(
      root, std::make_unique<FakeNetlinkPort>(
                std::vector<std::vector<FakeNetlinkPort::Datagram>>{
                    {{EPERM, ""}},
                    {{0, NetlinkBytes(RTM_NEWLINK, LinkPayload("eth0", 4, 0, "")) + DumpEnd()}}},
                log));
  FakeClock clock;
  EXPECT_FALSE(links.Read({1, clock.Wall(), clock.Mono()}));
  EXPECT_FALSE(links.Read({2, clock.Wall(), clock.Mono()}));
  EXPECT_EQ(log.requests, 1);
  clock.Advance(std::chrono::seconds(61));
  EXPECT_TRUE(links.Read({3, clock.Wall(), clock.Mono()}));
}

TEST(NetworkLinks, AreNotAskedForAnotherHost) {
  const HostRoot root({.procfs = "/host/proc", .sysfs = "/host/sys"});
  NetworkLinks links(root);
  EXPECT_FALSE(links.Read({}));
}

}  // namespace
}  // namespace ecsward
