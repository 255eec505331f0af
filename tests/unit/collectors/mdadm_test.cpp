#include "collectors/mdadm.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

// Parses, wants one array and gives it.
MdArray One(std::string_view text) {
  std::vector<MdArray> arrays;
  const auto done = ParseMdstat(text, arrays);
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_EQ(arrays.size(), 1u);
  return arrays.empty() ? MdArray() : arrays.front();
}

TEST(ParseMdstat, ReadsAHealthyMirror) {
  const MdArray md = One(
      "Personalities : [raid1]\nmd0 : active raid1 sdb1[1] sda1[0] sdc1[2](S)\n"
      "      248896 blocks super 1.2 [2/2] [UU]\n      bitmap: 0/30 pages [0KB], 65536KB chunk\n"
      "\nunused devices: <none>\n");
  EXPECT_EQ(md.name, "md0");
  EXPECT_EQ(md.state, MdState::kActive);
  EXPECT_DOUBLE_EQ(md.disks_active, 2);
  EXPECT_DOUBLE_EQ(md.disks_spare, 1);
  EXPECT_DOUBLE_EQ(md.disks_required, 2);
  EXPECT_DOUBLE_EQ(md.blocks_synced, 248896);
}

TEST(ParseMdstat, SeesARecovery) {
  const MdArray md = One(
      "md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]\n      195310144 blocks [2/1] [U_]\n"
      "      [=>...]  recovery =  8.5% (16775552/195310144) finish=17.0min speed=259783K/sec\n");
  EXPECT_EQ(md.state, MdState::kRecovering);
  EXPECT_DOUBLE_EQ(md.disks_active, 1);
  EXPECT_DOUBLE_EQ(md.disks_failed, 1);
  EXPECT_DOUBLE_EQ(md.blocks_synced, 16775552);
}

TEST(ParseMdstat, AWaitingSyncHasDoneNothing) {
  const MdArray md =
      One("md9 : active (auto-read-only) raid1 sdc2[2] sdd2[3]\n      523968 blocks [2/2] [UU]\n"
          "      \tresync=DELAYED\n");
  EXPECT_EQ(md.state, MdState::kResync);
  EXPECT_DOUBLE_EQ(md.blocks_synced, 0);
}

TEST(ParseMdstat, CountsTheDisksOfAStripe) {
  const MdArray md =
      One("md126 : active raid0 sdb[1] sdc[0]\n  1855 blocks super external:/md127/0\n");
  EXPECT_DOUBLE_EQ(md.disks_active, 2);
  EXPECT_DOUBLE_EQ(md.disks_required, 2);
}

TEST(ParseMdstat, AnInactiveArrayNeedsNoDisks) {
  const MdArray md =
      One("md219 : inactive sdb[2](S) sda[0](S)\n        7932 blocks super external:imsm\n");
  EXPECT_EQ(md.state, MdState::kInactive);
  EXPECT_DOUBLE_EQ(md.disks_required, 0);
  EXPECT_DOUBLE_EQ(md.disks_spare, 2);
}

TEST(ParseMdstat, NamesTheLineAndKeepsTheOthers) {
  std::vector<MdArray> arrays;
  const auto done = ParseMdstat(
      "md0 : active raid1 sdb1[1]\n  blocks\n\nmd1 : active raid0 sdb[0]\n  10 blocks\n", arrays);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "line 2: want a RAID array's state");
  ASSERT_EQ(arrays.size(), 1u);
  EXPECT_EQ(arrays[0].name, "md1");
}

TEST(MdadmCollector, IsSilentWithoutTheDriver) {
  HostFixture host;
  const auto run = host.RunOnce("mdadm");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kNotSupported);
}

TEST(MdadmCollector, HasOneStateOfFive) {
  HostFixture host;
  host.Write("proc/mdstat", "md0 : active raid0 sdb[0]\n  10 blocks\n");
  const auto text = *host.RunOnce("mdadm");
  for (const char* line : {"node_md_state{device=\"md0\",state=\"active\"} 1\n",
                           "node_md_state{device=\"md0\",state=\"check\"} 0\n",
                           "node_md_state{device=\"md0\",state=\"resync\"} 0\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace ecsward
