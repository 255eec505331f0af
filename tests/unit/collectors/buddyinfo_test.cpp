#include "collectors/buddyinfo.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseBuddyinfo, TakesTheBlocksOfEachZone) {
  BuddyZones zones;
  const auto ok = ParseBuddyinfo(
      "Node 0, zone      DMA      1      0      3 \n"
      "Node 1, zone   Normal    333     34    632 \n",
      zones);
  ASSERT_TRUE(ok) << ok.error().message;
  ASSERT_EQ(zones.zones.size(), 2u);
  EXPECT_EQ(zones.zones[1].node, "1");
  EXPECT_EQ(zones.zones[1].zone, "Normal");
  EXPECT_EQ(zones.BlocksOf(zones.zones[1])[2], 632);
}

TEST(ParseBuddyinfo, NamesTheBadLine) {
  BuddyZones zones;
  std::string too_many = "Node 0, zone DMA 1\nNode 0, zone Normal";
  for (int i = 0; i < 65; ++i) too_many += " 1";
  for (const std::string& text :
       {std::string("Node 0, zone DMA 1\nNode 0, zone"),
        std::string("Node 0, zone DMA 1\nNode 0, zone Normal x"),
        std::string("Node 0, zone DMA 1\nNode 0, zone Normal\n"), too_many}) {
    const auto bad = ParseBuddyinfo(text, zones);
    ASSERT_FALSE(bad) << text;
    EXPECT_NE(bad.error().message.find("line 2"), std::string::npos) << bad.error().message;
  }
  EXPECT_FALSE(ParseBuddyinfo("", zones));
}

TEST(BuddyinfoCollector, LabelsBlocksByTheirSize) {
  HostFixture host;
  host.Write("proc/buddyinfo", "Node 0, zone      DMA      1      0 \n");
  EXPECT_EQ(*host.RunOnce("buddyinfo"),
            "node_buddyinfo_blocks{node=\"0\",zone=\"DMA\",size=\"0\"} 1\n"
            "node_buddyinfo_blocks{node=\"0\",zone=\"DMA\",size=\"1\"} 0\n");
}

}  // namespace
}  // namespace ecsward
