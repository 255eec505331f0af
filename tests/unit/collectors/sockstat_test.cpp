#include "collectors/sockstat.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseSockstat, TakesNameAndNumberInTurn) {
  std::vector<SockstatField> fields;
  ASSERT_TRUE(ParseSockstat("sockets: used 22\nFRAG: inuse 1 memory 4096\n", fields));
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[2].protocol, "FRAG");
  EXPECT_EQ(fields[2].name, "memory");
  EXPECT_EQ(fields[2].value, 4096);
}

TEST(ParseSockstat, NamesTheBadLine) {
  std::vector<SockstatField> fields;
  const auto parsed = ParseSockstat("TCP: inuse 1\nUDP: inuse\n", fields);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("line 2"), std::string::npos);
  EXPECT_FALSE(ParseSockstat("TCP inuse 1\n", fields));
}

TEST(SockstatCollector, ShowsPagesAlsoAsBytes) {
  HostFixture host;
  host.Write("proc/net/sockstat", "sockets: used 22\nTCP: inuse 4 mem 2 future 1\n");
  host.Write("proc/net/sockstat6", "TCP6: inuse 3\n");
  EXPECT_EQ(*host.RunOnce("sockstat"),
            "node_sockstat_TCP6_inuse 3\nnode_sockstat_TCP_inuse 4\nnode_sockstat_TCP_mem 2\n"
            "node_sockstat_TCP_mem_bytes " +
                std::to_string(2 * ::sysconf(_SC_PAGESIZE)) + "\nnode_sockstat_sockets_used 22\n");
}

TEST(SockstatCollector, WorksWithOneVersionOfIp) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("sockstat").error().code, ErrorCode::kNotSupported);
  host.Write("proc/net/sockstat6", "TCP6: inuse 3\n");
  EXPECT_EQ(*host.RunOnce("sockstat"), "node_sockstat_TCP6_inuse 3\n");
}

}  // namespace
}  // namespace ecsward
