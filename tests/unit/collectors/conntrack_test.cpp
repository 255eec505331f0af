#include "collectors/conntrack.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseConntrackStats, FindsColumnsByHeadingAndAddsTheCpusUp) {
  const auto stats = ParseConntrackStats(
      "entries searched found drop search_restart\n"
      "0000000f 1 2 0a 1\n"
      "0000000f 1 3 01 1\n");
  ASSERT_TRUE(stats);
  EXPECT_EQ(stats->found, 5);
  EXPECT_EQ(stats->drop, 11);
  EXPECT_EQ(stats->search_restart, 2);
  EXPECT_EQ(stats->insert, 0);
}

TEST(ParseConntrackStats, NamesTheBadLine) {
  EXPECT_NE(ParseConntrackStats("found\n1\nx\n").error().message.find("line 3"), std::string::npos);
  EXPECT_FALSE(ParseConntrackStats(""));
}

TEST(ConntrackCollector, IsNotOfferedWithoutNetfilter) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("conntrack").error().code, ErrorCode::kNotSupported);
}

TEST(ConntrackCollector, ShowsTheTableEvenWithoutItsStatistics) {
  HostFixture host;
  host.Write("proc/sys/net/netfilter/nf_conntrack_count", "12\n");
  host.Write("proc/sys/net/netfilter/nf_conntrack_max", "262144\n");
  EXPECT_EQ(*host.RunOnce("conntrack"),
            "node_nf_conntrack_entries 12\nnode_nf_conntrack_entries_limit 262144\n");
  host.Write("proc/net/stat/nf_conntrack", "found\n2\n");
  EXPECT_NE(host.RunOnce("conntrack")->find("node_nf_conntrack_stat_found 2\n"), std::string::npos);
}

}  // namespace
}  // namespace ecsward
