#include "collectors/socket_table.h"

#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/collectors/fake_netlink.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000\n"
    "   1: 0100007F:1F90 0100007F:0050 01 00000010:000000ff 00:00000000 00000000\n";

TEST(AddSocketTable, AddsStatesAndQueuesUp) {
  SocketTotals totals;
  ASSERT_TRUE(AddSocketTable(kTable, totals));
  EXPECT_EQ(totals.by_state[TCP_LISTEN], 1);
  EXPECT_EQ(totals.by_state[TCP_ESTABLISHED], 1);
  EXPECT_EQ(totals.transmit_queue_bytes, 16);
  EXPECT_EQ(totals.receive_queue_bytes, 256);
}

TEST(AddSocketTable, NamesTheBadLine) {
  SocketTotals totals;
  EXPECT_NE(AddSocketTable("headings\n1 2 3 4\n", totals).error().message.find("line 2"),
            std::string::npos);
  EXPECT_FALSE(AddSocketTable("headings\n1 2 3 0A 00000000\n", totals));
}

TEST(AddSocketMessage, AddsOneSocket) {
  inet_diag_msg socket{};
  socket.idiag_state = TCP_TIME_WAIT;
  socket.idiag_rqueue = 3;
  SocketTotals totals;
  EXPECT_TRUE(AddSocketMessage(Bytes(socket), totals));
  socket.idiag_state = 200;  // a state of the future
  EXPECT_TRUE(AddSocketMessage(Bytes(socket), totals));
  EXPECT_EQ(totals.by_state[TCP_TIME_WAIT], 1);
  EXPECT_EQ(totals.by_state[0], 1);
  EXPECT_EQ(totals.receive_queue_bytes, 6);
  EXPECT_FALSE(AddSocketMessage("short", totals));
}

TEST(SocketTable, SeesAListenerOfThisHost) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(fd, 0);
  ASSERT_EQ(::listen(fd, 1), 0);
  const HostRoot root;
  SocketTable table(root, IPPROTO_TCP, "tcp");
  SocketTotals totals;
  const auto added = table.Add(AF_INET, totals);
  ::close(fd);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_GE(totals.by_state[TCP_LISTEN], 1);
}

TEST(TcpstatCollector, ShowsStatesThatNoSocketIsIn) {
  HostFixture host;
  host.Write("proc/net/tcp", kTable);
  const auto samples = host.RunOnce("tcpstat");
  ASSERT_TRUE(samples);
  EXPECT_NE(samples->find("node_tcp_connection_states{state=\"listen\"} 1\n"), std::string::npos);
  EXPECT_NE(samples->find("node_tcp_connection_states{state=\"close_wait\"} 0\n"),
            std::string::npos);
  EXPECT_EQ(samples->find("unknown"), std::string::npos);
}

TEST(UdpQueuesCollector, ShowsTheVersionsOfIpThatTheHostHas) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("udp_queues").error().code, ErrorCode::kNotSupported);
  host.Write("proc/net/udp", kTable);
  EXPECT_EQ(
      *host.RunOnce("udp_queues"),
      "node_udp_queues{queue=\"rx\",ip=\"v4\"} 256\nnode_udp_queues{queue=\"tx\",ip=\"v4\"} 16\n");
}

}  // namespace
}  // namespace ecsward
