#include "collectors/ipvs.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTotals =
    "   Total Incoming Outgoing         Incoming         Outgoing\n"
    "   Conns  Packets  Packets            Bytes            Bytes\n"
    " 16AA370 E33656E5        0     51D8C8883AB3        0\n";
constexpr std::string_view kBackends =
    "IP Virtual Server version 1.2.1 (size=4096)\n"
    "Prot LocalAddress:Port Scheduler Flags\n"
    "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n"
    "TCP  C0A80016:0CEA wlc\n"
    "  -> C0A85216:0CEA      Tunnel  100    248        2\n"
    "  -> C0A85318:0CEA      Tunnel  0      1          3\n"
    "TCP  [fe80:0000:0000:0000:0000:0000:0000:0001]:0050 rr\n"
    "  -> [fe80:0000:0000:0000:0000:0000:0000:0002]:0050 Route 1 0 1\n"
    "FWM  10001000 wlc\n"
    "  -> C0A83215:0CEA      Route   20     64         1\n";

TEST(ParseIpvsTotals, ReadsHexadecimal) {
  const auto totals = ParseIpvsTotals(kTotals);
  ASSERT_TRUE(totals);
  EXPECT_EQ(totals->connections, 0x16AA370);
  EXPECT_EQ(totals->incoming_bytes, 0x51D8C8883AB3);
  EXPECT_FALSE(ParseIpvsTotals("a\nb\n"));
  EXPECT_FALSE(ParseIpvsTotals("a\nb\n1 2 3 4\n"));
}

TEST(ParseIpvsBackends, KnowsTheServiceOfEachBackend) {
  std::vector<IpvsBackend> backends;
  const auto used = ParseIpvsBackends(kBackends, backends);
  ASSERT_TRUE(used) << used.error().message;
  ASSERT_EQ(*used, 4u);
  EXPECT_EQ(backends[0].local_address, "192.168.0.22");
  EXPECT_EQ(backends[0].local_port, "3306");
  EXPECT_EQ(backends[1].remote_address, "192.168.83.24");
  EXPECT_EQ(backends[2].remote_address, "fe80::2");
  EXPECT_EQ(backends[3].local_mark, "10001000");
  EXPECT_EQ(backends[3].local_address, "");
}

TEST(ParseIpvsBackends, NamesTheBadLine) {
  std::vector<IpvsBackend> backends;
  for (const std::string_view bad : {"x\nTCP C0A8:0CEA\n", "x\n-> C0A80016:0CEA Tunnel 1\n",
                                     "x\n-> C0A80016:FFFFF Tunnel 1 2 3\n"}) {
    const auto parsed = ParseIpvsBackends(bad, backends);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_NE(parsed.error().message.find("line 2"), std::string::npos);
  }
}

TEST(IpvsCollector, AddsUpBackendsWithTheSameLabels) {
  HostFixture host;
  host.Write("proc/net/ip_vs_stats", kTotals);
  host.Write("proc/net/ip_vs", kBackends);
  const auto samples = host.RunOnce("ipvs", {{"backend_labels", "proto"}});
  ASSERT_TRUE(samples);
  EXPECT_NE(samples->find("node_ipvs_backend_connections_active{proto=\"TCP\"} 249\n"),
            std::string::npos)
      << *samples;
  EXPECT_NE(
      host.RunOnce("ipvs")->find(
          "node_ipvs_backend_weight{local_address=\"\",local_port=\"0\",remote_address="
          "\"192.168.50.21\",remote_port=\"3306\",proto=\"FWM\",local_mark=\"10001000\"} 20\n"),
      std::string::npos);
}

TEST(IpvsCollector, IsNotOfferedWithoutTheModule) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("ipvs").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
