#include "collectors/netdev.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kHeadings = "Inter-|   Receive |  Transmit\n face |bytes packets …\n";

std::string NetDev(std::string_view lines) { return std::string(kHeadings).append(lines); }

TEST(ParseNetDev, TakesSixteenCountersPerInterface) {
  std::vector<NetDevLine> lines;
  const std::string text = NetDev(
      "    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"
      "eth0:100 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n");  // glued, as Linux 2.6 did
  ASSERT_TRUE(ParseNetDev(text, lines));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].name, "lo");
  EXPECT_EQ(lines[0].counters.receive_multicast, 8);
  EXPECT_EQ(lines[0].counters.transmit_compressed, 16);
  EXPECT_EQ(lines[1].counters.receive_bytes, 100);
}

TEST(ParseNetDev, NamesTheBadLine) {
  std::vector<NetDevLine> lines;
  const auto parsed =
      ParseNetDev(NetDev("lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth0: 1 2 3\n"), lines);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kParse);
  EXPECT_NE(parsed.error().message.find("line 4"), std::string::npos) << parsed.error().message;
  EXPECT_EQ(lines.size(), 1u) << "what came before stands";
}

class Netdev : public ::testing::Test {
 protected:
  void Count(std::string_view device, int receive, int transmit) {
    host.Write("proc/net/dev",
               NetDev(std::string(device) + ": " + std::to_string(receive) + " 0 0 0 0 0 0 0 " +
                      std::to_string(transmit) + " 0 0 0 0 0 0 0\n"));
  }
  std::string Run() {
    auto run = host.Run(*collector, set);
    EXPECT_TRUE(run) << run.error().message;
    return run ? *run : "";
  }
  HostFixture host;
  SeriesSet set;
  std::unique_ptr<Collector> collector = host.Make("netdev");
};

TEST_F(Netdev, NamesTheCountersAndTakesNohandlerFromSysfs) {
  Count("eth0", 1000, 20);
  host.Write("sys/class/net/eth0/statistics/rx_nohandler", "3\n");
  const std::string samples = Run();
  EXPECT_NE(samples.find("node_network_receive_bytes_total{device=\"eth0\"} 1000\n"),
            std::string::npos);
  EXPECT_NE(samples.find("node_network_receive_nohandler_total{device=\"eth0\"} 3\n"),
            std::string::npos);
}

TEST_F(Netdev, KeepsThePeakOfATick) {
  Count("eth0", 1000, 0);
  EXPECT_EQ(Run().find("ecsward_network_receive"), std::string::npos) << "one reading is no rate";
  Count("eth0", 6000, 0);
  Run();
  Count("eth0", 6000, 0);
  const std::string samples = Run();
  EXPECT_NE(samples.find("ecsward_network_receive_bytes_per_second{device=\"eth0\",window=\"15s\","
                         "stat=\"max\"} 5000\n"),
            std::string::npos)
      << samples;
  EXPECT_NE(samples.find("{device=\"eth0\",window=\"60s\",stat=\"avg\"} 2500\n"),
            std::string::npos);
}

TEST_F(Netdev, ShowsNoSpikeWhenCountersStartAnew) {
  Count("eth0", 1'000'000, 0);
  Run();
  Count("eth0", 10, 0);  // the driver was reloaded
  EXPECT_EQ(Run().find("ecsward_network_receive"), std::string::npos);
  Count("eth0", 110, 0);
  EXPECT_NE(Run().find("stat=\"max\"} 100\n"), std::string::npos);
}

TEST_F(Netdev, ForgetsADeviceThatWentAway) {
  Count("eth0", 0, 0);
  Run();
  Count("eth1", 5, 0);
  EXPECT_EQ(Run().find("eth0"), std::string::npos);
  Count("eth0", 1'000'000'000, 0);  // another card under the same name
  EXPECT_EQ(Run().find("ecsward_network_receive"), std::string::npos);
}

TEST_F(Netdev, LeavesOutWhatTheFilterExcludes) {
  Count("veth12", 1, 1);
  EXPECT_EQ(*host.RunOnce("netdev", {{"device_exclude", "^veth"}}), "");
  EXPECT_EQ(*host.RunOnce("netdev", {{"device_include", "^eth"}}), "");
}

TEST_F(Netdev, ReportsWhatItCouldReadBeforeAGarbledLine) {
  host.Write("proc/net/dev", NetDev("lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n\xff\n"));
  EXPECT_FALSE(host.Run(*collector, set));
  EXPECT_NE(Samples(set).find("device=\"lo\""), std::string::npos);
}

TEST(NetdevLive, AgreesWithTheTextFile) {
  // On the machine that runs the tests: netlink and /proc/net/dev name the same interfaces.
  const HostRoot root;
  FakeKernel kernel;
  SharedSources shared(root);
  if (!shared.links.Read({1, {}, {}})) GTEST_SKIP() << "no netlink here";
  const auto text = root.ReadFile(Tree::kProc, "net/dev");
  ASSERT_TRUE(text);
  std::vector<NetDevLine> lines;
  ASSERT_TRUE(ParseNetDev(*text, lines));
  EXPECT_EQ(shared.links.links().size(), lines.size());
  for (const NetDevLine& line : lines) {
    bool found = false;
    for (const NetworkLink& link : shared.links.links()) {
      if (link.name != line.name) continue;
      found = true;
      EXPECT_TRUE(link.has_counters);
      EXPECT_LE(link.counters.receive_bytes, line.counters.receive_bytes);
    }
    EXPECT_TRUE(found) << line.name;
  }
}

}  // namespace
}  // namespace ecsward
