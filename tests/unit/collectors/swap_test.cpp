#include "collectors/swap.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(SwapCollector, ReportsEachDevice) {
  HostFixture host;
  host.Write("proc/swaps",
             "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
             "/dev/vda2                               partition\t2\t\t1\t\t-2\n"
             "/my\\040swap                             file\t\t4\t\t0\t\t10\n");
  EXPECT_EQ(*host.RunOnce("swap"),
            "node_swap_priority{device=\"/dev/vda2\",type=\"partition\"} -2\n"
            "node_swap_priority{device=\"/my\\\\040swap\",type=\"file\"} 10\n"
            "node_swap_size_bytes{device=\"/dev/vda2\",type=\"partition\"} 2048\n"
            "node_swap_size_bytes{device=\"/my\\\\040swap\",type=\"file\"} 4096\n"
            "node_swap_used_bytes{device=\"/dev/vda2\",type=\"partition\"} 1024\n"
            "node_swap_used_bytes{device=\"/my\\\\040swap\",type=\"file\"} 0\n");
}

TEST(ParseSwaps, TakesAHostWithoutSwap) {
  std::vector<SwapArea> areas;
  EXPECT_TRUE(ParseSwaps("Filename\tType\tSize\tUsed\tPriority\n", areas));
  EXPECT_TRUE(areas.empty());
}

TEST(ParseSwaps, NamesTheTruncatedLine) {
  std::vector<SwapArea> areas;
  const auto bad = ParseSwaps("Filename\tType\n/dev/vda2 partition 2 1", areas);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("line 2"), std::string::npos) << bad.error().message;
  EXPECT_FALSE(ParseSwaps("", areas));
}

}  // namespace
}  // namespace ecsward
