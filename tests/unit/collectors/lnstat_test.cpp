#include "collectors/lnstat.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(LnstatCollector, ReportsEachCountOfEachCpu) {
  HostFixture host;
  host.Write("proc/net/stat/arp_cache",
             "entries  allocs\n"
             "00000002 000000ff\n"
             "00000002 00000000\n");
  EXPECT_EQ(*host.RunOnce("lnstat"),
            "node_lnstat_allocs_total{subsystem=\"arp_cache\",cpu=\"0\"} 255\n"
            "node_lnstat_allocs_total{subsystem=\"arp_cache\",cpu=\"1\"} 0\n"
            "node_lnstat_entries_total{subsystem=\"arp_cache\",cpu=\"0\"} 2\n"
            "node_lnstat_entries_total{subsystem=\"arp_cache\",cpu=\"1\"} 2\n");
}

TEST(ParseLnstat, NamesTheBadLine) {
  LnstatTable table;
  for (const std::string_view text : {"a b\n1\n", "a b\n1 xyz\n"}) {
    const auto bad = ParseLnstat(text, table);
    ASSERT_FALSE(bad);
    EXPECT_NE(bad.error().message.find("line 2"), std::string::npos) << bad.error().message;
  }
  EXPECT_FALSE(ParseLnstat("", table));
  EXPECT_FALSE(ParseLnstat("a-b\n1\n", table));
}

TEST(LnstatCollector, IsNotSupportedWithoutTheFolder) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("lnstat").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
