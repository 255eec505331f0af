#include "collectors/xfs.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kStats =
    "extent_alloc 1 2 3 4\nabt 0 0 0 0\nblk_map 1 2 3 4 5 6 7\nrw 11 22\nvnodes 9 0 0 0 0 0 8 7\n";

class Xfs : public ::testing::Test {
 protected:
  HostFixture host;
};

TEST_F(Xfs, NamesCountersPerDevice) {
  host.Write("sys/fs/xfs/stats/stats", kStats);  // the sum, which is nobody's
  host.Write("sys/fs/xfs/vdb1/stats/stats", kStats);
  const auto samples = host.RunOnce("xfs");
  ASSERT_TRUE(samples);
  for (const std::string_view line :
       {"node_xfs_extent_allocation_blocks_freed_total{device=\"vdb1\"} 4\n",
        "node_xfs_block_mapping_extent_list_compares_total{device=\"vdb1\"} 7\n",
        "node_xfs_write_calls_total{device=\"vdb1\"} 11\n",
        "node_xfs_read_calls_total{device=\"vdb1\"} 22\n",
        "node_xfs_vnode_remove_total{device=\"vdb1\"} 8\n"}) {
    EXPECT_NE(samples->find(line), std::string::npos) << line;
  }
  EXPECT_EQ(samples->find("device=\"stats\""), std::string::npos);
}

TEST_F(Xfs, NamesTheBadFileAndLine) {
  host.Write("sys/fs/xfs/vdb1/stats/stats", "rw 1 2\nabt x\n");
  const auto run = host.RunOnce("xfs");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kParse);
  EXPECT_NE(run.error().message.find("vdb1/stats/stats: line 2"), std::string::npos)
      << run.error().message;
}

TEST_F(Xfs, IsNotOfferedWithoutAFileSystem) {
  EXPECT_EQ(host.RunOnce("xfs").error().code, ErrorCode::kNotSupported);
  host.Write("sys/fs/xfs/stats/stats", kStats);
  EXPECT_EQ(host.RunOnce("xfs").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
