#include "collectors/netstat.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseNetstat, PairsNamesWithValues) {
  std::vector<NetstatField> fields;
  ASSERT_TRUE(ParseNetstat("Tcp: MaxConn InSegs\nTcp: -1 4434\nUdp: NoPorts\nUdp: 7\n", fields));
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].name, "MaxConn");
  EXPECT_EQ(fields[0].value, -1);
  EXPECT_EQ(fields[2].protocol, "Udp");
  EXPECT_EQ(fields[2].value, 7);
}

TEST(ParseNetstat, NamesTheLineThatDoesNotFit) {
  std::vector<NetstatField> fields;
  for (const std::string_view bad :
       {"Ip: A\nIp: 1\nTcp: A B\nTcp: 1\n", "Ip: A\nIp: 1\nTcp: A\nTcp: 1 2\n",
        "Ip: A\nIp: 1\nTcp: A\nTcp: x\n"}) {
    const auto parsed = ParseNetstat(bad, fields);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, ErrorCode::kParse);
    EXPECT_NE(parsed.error().message.find("line 4"), std::string::npos) << parsed.error().message;
    EXPECT_FALSE(fields.empty()) << "what came before stands";
  }
  EXPECT_FALSE(ParseNetstat("Tcp: A\nUdp: 1\n", fields));
  EXPECT_FALSE(ParseNetstat("Tcp: A\n", fields));
}

TEST(ParseSnmp6, SplitsTheNameAfterTheSix) {
  std::vector<NetstatField> fields;
  ASSERT_TRUE(ParseSnmp6("Ip6InOctets  \t128\nUdpLite6InErrors 0\nOther 3\n", fields));
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields[0].protocol, "Ip6");
  EXPECT_EQ(fields[0].name, "InOctets");
  EXPECT_EQ(fields[1].protocol, "UdpLite6");
}

class Netstat : public ::testing::Test {
 protected:
  void SetUp() override {
    host.Write("proc/net/netstat", "TcpExt: ListenDrops TW\nTcpExt: 5 6\n");
    host.Write("proc/net/snmp", "Tcp: InSegs RtoMin\nTcp: 100 200\n");
  }
  HostFixture host;
};

TEST_F(Netstat, ShowsTheFieldsThatPeopleWatchAndWorksWithoutIpv6) {
  EXPECT_EQ(*host.RunOnce("netstat"),
            "node_netstat_TcpExt_ListenDrops 5\nnode_netstat_Tcp_InSegs 100\n");
}

TEST_F(Netstat, ShowsOtherFieldsWhenAsked) {
  EXPECT_EQ(*host.RunOnce("netstat", {{"fields", "^Tcp_RtoMin$"}}),
            "node_netstat_Tcp_RtoMin 200\n");
}

TEST_F(Netstat, FollowsAKernelThatChangesItsFields) {
  const auto collector = host.Make("netstat");
  SeriesSet set;
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/net/snmp", "Tcp: ActiveOpens InSegs\nTcp: 1 101\n");
  EXPECT_EQ(*host.Run(*collector, set),
            "node_netstat_TcpExt_ListenDrops 5\nnode_netstat_Tcp_ActiveOpens 1\n"
            "node_netstat_Tcp_InSegs 101\n");
}

TEST_F(Netstat, MakesNoMetricOfAHostileName) {
  host.Write("proc/net/snmp", "Tcp: In{Errs=\"_InErrs\nTcp: 1\n");
  EXPECT_EQ(*host.RunOnce("netstat"), "node_netstat_TcpExt_ListenDrops 5\n");
}

TEST_F(Netstat, IsNotOfferedWithoutItsFile) {
  host.Remove("proc/net/netstat");
  EXPECT_EQ(host.RunOnce("netstat").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
