#include "collectors/zoneinfo.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTwo =
    "Node 0, zone      DMA\n"
    "  per-node stats\n"
    "      nr_dirtied   407965\n"
    "  pages free     3840\n"
    "        min      52\n"
    "        high     78\n"
    "        protection: (0, 2946, 6362)\n"
    "      nr_free_pages 3840\n"
    "  pagesets\n"
    "    cpu: 0\n"
    "              count: 0\n"
    "              high:  7\n"
    "Node 0, zone   Normal\n"
    "        min      99\n";

TEST(ZoneinfoCollector, ReportsTheLinesItKnows) {
  HostFixture host;
  host.Write("proc/zoneinfo", kTwo);
  EXPECT_EQ(*host.RunOnce("zoneinfo"),
            "node_zoneinfo_high_pages{node=\"0\",zone=\"DMA\"} 78\n"
            "node_zoneinfo_min_pages{node=\"0\",zone=\"DMA\"} 52\n"
            "node_zoneinfo_min_pages{node=\"0\",zone=\"Normal\"} 99\n"
            "node_zoneinfo_nr_dirtied_total{node=\"0\",zone=\"DMA\"} 407965\n"
            "node_zoneinfo_nr_free_pages{node=\"0\",zone=\"DMA\"} 3840\n"
            "node_zoneinfo_protection_0{node=\"0\",zone=\"DMA\"} 0\n"
            "node_zoneinfo_protection_1{node=\"0\",zone=\"DMA\"} 2946\n"
            "node_zoneinfo_protection_2{node=\"0\",zone=\"DMA\"} 6362\n");
}

TEST(ParseZoneinfo, NamesTheBadLine) {
  std::vector<ZoneValue> values;
  for (const std::string_view text :
       {"Node 0, zone DMA\nmin\n", "Node 0, zone DMA\nmin x\n", "Node 0, zone DMA\nNode 0\n",
        "Node 0, zone DMA\nprotection: (0, \n", "\nmin 5\n"}) {
    const auto bad = ParseZoneinfo(text, values);
    ASSERT_FALSE(bad) << text;
    EXPECT_NE(bad.error().message.find("line 2"), std::string::npos) << bad.error().message;
  }
  EXPECT_FALSE(ParseZoneinfo("", values));
}

}  // namespace
}  // namespace ecsward
