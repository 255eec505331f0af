#include "collectors/arp.h"

#include <gtest/gtest.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

#include "tests/unit/collectors/fake_netlink.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTable =
    "IP address HW type Flags HW address Mask Device\n"
    "192.0.2.1  0x1 0x2 02:fc:00:00:00:05 * eth0\n"
    "192.0.2.7  0x1 0x0 00:00:00:00:00:00 * eth0\n"
    "10.0.0.1   0x1 0x2 02:fc:00:00:00:06 * eth1\n";

TEST(ParseArp, CountsPerInterface) {
  std::vector<ArpCount> counts;
  const auto used = ParseArp(kTable, counts);
  ASSERT_TRUE(used);
  ASSERT_EQ(*used, 2u);
  EXPECT_EQ(counts[0].device, "eth0");
  EXPECT_EQ(counts[0].entries, 2);
  EXPECT_EQ(*ParseArp("IP address\n", counts), 0u) << "an empty table is none";
}

TEST(ParseArp, NamesTheBadLine) {
  std::vector<ArpCount> counts;
  EXPECT_NE(ParseArp("headings\n1 2 3\n", counts).error().message.find("line 2"),
            std::string::npos);
}

TEST(ParseNeighbourMessage, CountsWhatTheTextWould) {
  ndmsg entry{};
  entry.ndm_family = AF_INET;
  entry.ndm_ifindex = 4;
  entry.ndm_state = NUD_STALE;
  std::uint32_t link = 0;
  EXPECT_TRUE(ParseNeighbourMessage(Bytes(entry), link));
  EXPECT_EQ(link, 4u);
  entry.ndm_state = NUD_NOARP;
  EXPECT_FALSE(ParseNeighbourMessage(Bytes(entry), link));
  entry.ndm_state = NUD_REACHABLE;
  entry.ndm_family = AF_INET6;
  EXPECT_FALSE(ParseNeighbourMessage(Bytes(entry), link));
  EXPECT_FALSE(ParseNeighbourMessage("short", link));
}

TEST(ArpCollector, ShowsEveryInterfaceThatTheFilterTakes) {
  HostFixture host;
  host.Write("proc/net/arp", kTable);
  EXPECT_EQ(*host.RunOnce("arp", {{"device_exclude", "^eth1$"}}),
            "node_arp_entries{device=\"eth0\"} 2\n");
}

}  // namespace
}  // namespace ecsward
