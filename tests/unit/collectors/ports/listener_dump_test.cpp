#include "collectors/ports/listener_dump.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "tests/unit/collectors/fake_netlink.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

inet_diag_msg Message(int family, int state, const char* address, std::uint16_t port) {
  inet_diag_msg message{};
  message.idiag_family = static_cast<std::uint8_t>(family);
  message.idiag_state = static_cast<std::uint8_t>(state);
  message.id.idiag_sport = htons(port);
  ::inet_pton(family, address, &message.id.idiag_src);
  message.idiag_uid = 33;
  message.idiag_inode = 4711;
  message.idiag_rqueue = 3;
  message.idiag_wqueue = 128;
  return message;
}

std::string Drops(std::uint32_t drops) {
  std::string values(SK_MEMINFO_VARS * sizeof drops, '\0');
  std::memcpy(values.data() + SK_MEMINFO_DROPS * sizeof drops, &drops, sizeof drops);
  return Attribute(INET_DIAG_SKMEMINFO, values);
}

std::string V6Only(bool only) {
  return Attribute(INET_DIAG_SKV6ONLY, std::string(1, only ? '\1' : '\0'));
}

TEST(ParseListenMessage, TakesQueueLimitAndDrops) {
  ListenSocket socket;
  ASSERT_TRUE(ParseListenMessage(Bytes(Message(AF_INET, TCP_LISTEN, "10.0.0.5", 80)) + Drops(7),
                                 false, socket));
  EXPECT_EQ(AddressText(socket), "10.0.0.5");
  EXPECT_EQ(socket.port, 80);
  EXPECT_EQ(socket.uid, 33u);
  EXPECT_EQ(socket.inode, 4711u);
  EXPECT_EQ(socket.queue, 3u);
  EXPECT_EQ(socket.limit, 128u);
  EXPECT_EQ(socket.drops, 7u);
  EXPECT_FALSE(IsLoopback(socket));
}

TEST(ParseListenMessage, TellsDualStackFromIpv6Only) {
  ListenSocket socket;
  const std::string any = Bytes(Message(AF_INET6, TCP_LISTEN, "::", 80));
  ASSERT_TRUE(ParseListenMessage(any + V6Only(false), false, socket));
  EXPECT_EQ(AddressText(socket), "*");
  ASSERT_TRUE(ParseListenMessage(any + V6Only(true), false, socket));
  EXPECT_EQ(AddressText(socket), "::");
}

TEST(ParseListenMessage, WritesMappedAddressesAsIpv4) {
  ListenSocket socket;
  ASSERT_TRUE(ParseListenMessage(Bytes(Message(AF_INET6, TCP_LISTEN, "::ffff:127.0.0.1", 80)),
                                 false, socket));
  EXPECT_EQ(AddressText(socket), "127.0.0.1");
  EXPECT_TRUE(IsLoopback(socket));
}

TEST(ParseListenMessage, PassesOverWhatIsNoListener) {
  ListenSocket socket;
  EXPECT_FALSE(ParseListenMessage("short", false, socket));
  EXPECT_FALSE(
      ParseListenMessage(Bytes(Message(AF_INET, TCP_ESTABLISHED, "10.0.0.5", 80)), false, socket));
  EXPECT_FALSE(
      ParseListenMessage(Bytes(Message(AF_UNIX, TCP_LISTEN, "10.0.0.5", 80)), false, socket));
  EXPECT_TRUE(ParseListenMessage(Bytes(Message(AF_INET6, TCP_CLOSE, "::1", 53)), true, socket));
  EXPECT_EQ(socket.queue, 0u) << "a queue of bytes is no accept queue";
  EXPECT_TRUE(IsLoopback(socket));
}

constexpr std::string_view kHeadings = "  sl  local_address rem_address   st tx_queue rx_queue …\n";

std::string Line(std::string_view address, std::string_view state, std::string_view inode) {
  return std::string("   0: ")
      .append(address)
      .append(" 00000000:0000 ")
      .append(state)
      .append(" 00000000:00000002 00:00000000 00000000    33        0 ")
      .append(inode)
      .append(" 1 0000000000000000 100 0 0 10 0\n");
}

TEST(ParseListenTable, TakesListenersOnly) {
  std::vector<ListenSocket> sockets;
  ASSERT_TRUE(ParseListenTable(std::string(kHeadings) + Line("0100007F:1F90", "0A", "11") +
                                   Line("0100007F:1F90", "01", "12"),
                               false, false, sockets));
  ASSERT_EQ(sockets.size(), 1u);
  EXPECT_EQ(AddressText(sockets[0]), "127.0.0.1");
  EXPECT_EQ(sockets[0].port, 8080);
  EXPECT_EQ(sockets[0].inode, 11u);
  EXPECT_EQ(sockets[0].uid, 33u);
  EXPECT_EQ(sockets[0].queue, 2u);
  EXPECT_EQ(sockets[0].limit, 0u);
}

TEST(ParseListenTable, ReadsIpv6AndTheDropsOfUdp) {
  std::vector<ListenSocket> sockets;
  ASSERT_TRUE(ParseListenTable(
      std::string(kHeadings) +
          "  1: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 07 "
          "00000000:00000000 00:00000000 00000000  0  0 12 2 0000000000000000 9\n",
      true, true, sockets));
  ASSERT_EQ(sockets.size(), 1u);
  EXPECT_EQ(AddressText(sockets[0]), "::1");
  EXPECT_EQ(sockets[0].drops, 9u);
}

TEST(ParseListenTable, NamesTheBadLine) {
  std::vector<ListenSocket> sockets;
  const auto parsed = ParseListenTable("headings\n0: x\n", false, false, sockets);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("line 2"), std::string::npos);
  EXPECT_FALSE(ParseListenTable(std::string(kHeadings) + Line("0100007F:1F90", "0A", "x"), false,
                                false, sockets));
  EXPECT_FALSE(ParseListenTable(std::string(kHeadings) + Line("0100007F:1FFFF", "0A", "1"), false,
                                false, sockets));
}

TEST(ListenerDump, ReadsTextWhereThereIsNoNetlink) {
  HostFixture host;
  ListenerDump dump(host.Env().root);
  std::vector<ListenSocket> sockets;
  EXPECT_EQ(dump.Read(sockets).error().code, ErrorCode::kNotSupported);
  host.Write("proc/net/tcp", std::string(kHeadings) + Line("00000000:0050", "0A", "11"));
  host.Write("proc/net/tcp6", std::string(kHeadings) +
                                  Line("00000000000000000000000000000000:0050", "0A", "12") +
                                  Line("00000000000000000000000000000000:0051", "0A", "13"));
  ASSERT_TRUE(dump.Read(sockets));
  ASSERT_EQ(sockets.size(), 3u);
  EXPECT_EQ(AddressText(sockets[1]), "::") << "IPv4 has that port already";
  EXPECT_EQ(AddressText(sockets[2]), "*");
}

TEST(ListenerDump, AsksNetlinkAndFallsBack) {
  HostFixture host;
  host.Write("proc/net/tcp", std::string(kHeadings) + Line("00000000:0050", "0A", "11"));
  FakeNetlinkPort::Log log;
  const auto answer = NetlinkBytes(20, Bytes(Message(AF_INET, TCP_LISTEN, "0.0.0.0", 443)));
  ListenerDump dump(host.Env().root, std::make_unique<FakeNetlinkPort>(
                                         std::vector<std::vector<FakeNetlinkPort::Datagram>>{
                                             {{0, answer + DumpEnd()}}, {{EPERM, ""}}},
                                         log));
  std::vector<ListenSocket> sockets;
  ASSERT_TRUE(dump.Read(sockets));
  ASSERT_EQ(sockets.size(), 1u);
  EXPECT_EQ(sockets[0].port, 443);
  ASSERT_TRUE(dump.Read(sockets));
  ASSERT_EQ(sockets.size(), 1u);
  EXPECT_EQ(sockets[0].port, 80) << "from the text";
}

}  // namespace
}  // namespace ecsward
