#include "collectors/slabinfo.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTwo =
    "slabinfo - version: 2.1\n"
    "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : …\n"
    "dentry  11  42  192  21  1 : tunables 0 0 0 : slabdata 2 2 0\n"
    "inode   5   6   600  13  2 : tunables 0 0 0 : slabdata 1 1 0\n";

TEST(SlabinfoCollector, ReportsTheCachesItTakes) {
  HostFixture host;
  host.Write("proc/slabinfo", kTwo);
  EXPECT_EQ(*host.RunOnce("slabinfo", {{"slabs_exclude", "^inode$"}}),
            "node_slabinfo_active_objects{slab=\"dentry\"} 11\n"
            "node_slabinfo_object_size_bytes{slab=\"dentry\"} 192\n"
            "node_slabinfo_objects_per_slab{slab=\"dentry\"} 21\n"
            "node_slabinfo_objects{slab=\"dentry\"} 42\n"
            "node_slabinfo_pages_per_slab{slab=\"dentry\"} 1\n");
}

TEST(ParseSlabinfo, TakesEachCache) {
  std::vector<Slab> slabs;
  ASSERT_TRUE(ParseSlabinfo(kTwo, slabs));
  ASSERT_EQ(slabs.size(), 2u);
  EXPECT_EQ(slabs[1].name, "inode");
  EXPECT_EQ(slabs[1].pages_per_slab, 2);
}

TEST(ParseSlabinfo, RefusesOtherVersionsAndShortLines) {
  std::vector<Slab> slabs;
  EXPECT_FALSE(ParseSlabinfo("", slabs));
  EXPECT_FALSE(ParseSlabinfo("slabinfo - version: 1.1\n", slabs));
  const auto bad = ParseSlabinfo("slabinfo - version: 2.1\ndentry 11 42 192 21", slabs);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("line 2"), std::string::npos) << bad.error().message;
}

}  // namespace
}  // namespace ecsward
