#include "collectors/btrfs.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseBtrfsCommits, GivesSeconds) {
  BtrfsCommits out;
  ASSERT_TRUE(ParseBtrfsCommits(
      "commits 5021\nlast_commit_ms 18\nmax_commit_ms 943\ntotal_commit_ms 61207\n", out));
  EXPECT_EQ(out.commits, 5021);
  EXPECT_DOUBLE_EQ(out.last_seconds, 0.018);
  EXPECT_DOUBLE_EQ(out.max_seconds, 0.943);
  EXPECT_DOUBLE_EQ(out.total_seconds, 61.207);
}

TEST(ParseBtrfsCommits, NamesTheBadLine) {
  BtrfsCommits out;
  const auto parsed = ParseBtrfsCommits("commits 1\nmax_commit_ms\n", out);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find("line 2"), 0u) << parsed.error().message;
}

TEST(BtrfsRatio, CountsCopiesAndParity) {
  EXPECT_EQ(BtrfsRatio("single", 1), 1);
  EXPECT_EQ(BtrfsRatio("raid1", 4), 2);
  EXPECT_EQ(BtrfsRatio("raid1c3", 4), 3);
  EXPECT_DOUBLE_EQ(BtrfsRatio("raid5", 4), 4.0 / 3);
  EXPECT_EQ(BtrfsRatio("raid6", 4), 2);
  EXPECT_EQ(BtrfsRatio("raid6", 2), 0);
  EXPECT_EQ(BtrfsRatio("raid9", 4), 0);
}

TEST(FormatBtrfsUuid, HasDashes) {
  constexpr std::uint8_t kBytes[16] = {0x7e, 0x1f, 0xbe, 0x35, 0x4d, 0x49, 0x4e, 0x0a,
                                       0x9c, 0x3b, 0x8b, 0x5b, 0xb1, 0xf0, 0xa2, 0xd4};
  EXPECT_EQ(FormatBtrfsUuid(kBytes), "7e1fbe35-4d49-4e0a-9c3b-8b5bb1f0a2d4");
}

class Btrfs : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string fs = "sys/fs/btrfs/7e1f-d4/";
    host.Write(fs + "label", "backup\n");
    host.Write(fs + "devices/vdb/size", "2048\n");
    host.Write(fs + "commit_stats", "commits 3\n");
    host.Write(fs + "allocation/data/bytes_reserved", "4096\n");
    host.Write(fs + "allocation/data/raid1/total_bytes", "1000\n");
    host.Write(fs + "allocation/data/raid1/used_bytes", "600\n");
    host.Write("sys/fs/btrfs/features/raid1c34", "0\n");
  }
  void Mount() { host.Write("proc/1/mountinfo", "36 35 0:40 / /srv rw - btrfs /dev/vdb rw\n"); }
  std::string RunWith(BtrfsCollector::ReadDevices read) {
    BtrfsCollector collector(host.Env(), read);
    SeriesSet set;
    const auto samples = host.Run(collector, set);
    return samples ? *samples : samples.error().message;
  }

  HostFixture host;
};

TEST_F(Btrfs, NamesSpaceByKindAndProfile) {
  EXPECT_EQ(*host.RunOnce("btrfs"),
            "node_btrfs_allocation_ratio{uuid=\"7e1f-d4\",block_group_type=\"data\","
            "mode=\"raid1\"} 2\n"
            "node_btrfs_commit_seconds_total{uuid=\"7e1f-d4\"} 0\n"
            "node_btrfs_commits_total{uuid=\"7e1f-d4\"} 3\n"
            "node_btrfs_device_size_bytes{uuid=\"7e1f-d4\",device=\"vdb\"} 1.048576e+06\n"
            "node_btrfs_info{uuid=\"7e1f-d4\",label=\"backup\"} 1\n"
            "node_btrfs_last_commit_seconds{uuid=\"7e1f-d4\"} 0\n"
            "node_btrfs_max_commit_seconds{uuid=\"7e1f-d4\"} 0\n"
            "node_btrfs_reserved_bytes{uuid=\"7e1f-d4\",block_group_type=\"data\"} 4096\n"
            "node_btrfs_size_bytes{uuid=\"7e1f-d4\",block_group_type=\"data\",mode=\"raid1\"} "
            "1000\n"
            "node_btrfs_used_bytes{uuid=\"7e1f-d4\",block_group_type=\"data\",mode=\"raid1\"} "
            "600\n");
}

TEST_F(Btrfs, AsksAMountForItsDevices) {
  Mount();
  const std::string samples = RunWith([](const std::string& path) -> Result<BtrfsDevices> {
    EXPECT_TRUE(path.ends_with("/root/srv")) << path;
    BtrfsDevice device{.path = "/dev/vdb", .uuid = "ab", .size_bytes = 1000, .used_bytes = 400};
    device.has_errors = true;
    device.errors = {1, 2, 3, 4, 5};
    return BtrfsDevices{"7e1f-d4", {device}};
  });
  for (const std::string_view line :
       {"node_btrfs_device_size_bytes{uuid=\"7e1f-d4\",device=\"vdb\",btrfs_dev_uuid=\"ab\"} "
        "1000\n",
        "node_btrfs_device_unused_bytes{uuid=\"7e1f-d4\",device=\"vdb\",btrfs_dev_uuid=\"ab\"} "
        "600\n",
        "node_btrfs_device_errors_total{uuid=\"7e1f-d4\",type=\"write\",device=\"vdb\","
        "btrfs_dev_uuid=\"ab\"} 1\n",
        "node_btrfs_device_errors_total{uuid=\"7e1f-d4\",type=\"generation\",device=\"vdb\","
        "btrfs_dev_uuid=\"ab\"} 5\n"}) {
    EXPECT_NE(samples.find(line), std::string::npos) << line << samples;
  }
  EXPECT_EQ(samples.find("device=\"vdb\"} "), std::string::npos) << samples;
}

TEST_F(Btrfs, FallsBackToSysfsWhereTheMountMayNotBeAsked) {
  Mount();
  const std::string samples = RunWith([](const std::string& path) -> Result<BtrfsDevices> {
    return Fail(ErrorCode::kDenied, path);
  });
  EXPECT_NE(samples.find("node_btrfs_device_size_bytes{uuid=\"7e1f-d4\",device=\"vdb\"} "),
            std::string::npos)
      << samples;
}

TEST_F(Btrfs, TakesNoDevicesOfAnotherFileSystem) {
  Mount();
  const std::string samples = RunWith([](const std::string&) -> Result<BtrfsDevices> {
    return BtrfsDevices{"other", {BtrfsDevice{.path = "/dev/vdz", .uuid = "ab"}}};
  });
  EXPECT_EQ(samples.find("vdz"), std::string::npos) << samples;
}

TEST_F(Btrfs, ShowsTheRestWhenCommitStatsAreBad) {
  host.Write("sys/fs/btrfs/7e1f-d4/commit_stats", "commits many\n");
  const auto collector = host.Make("btrfs");
  SeriesSet set;
  const auto run = host.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kParse);
  EXPECT_NE(Samples(set).find("node_btrfs_used_bytes"), std::string::npos);
}

TEST(ReadBtrfsDevices, SaysWhereItFailed) {
  EXPECT_EQ(ReadBtrfsDevices("/nonexistent").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(ReadBtrfsDevices("/proc"));  // of another kind
}

TEST(BtrfsCollector, IsNotOfferedWithoutAFileSystem) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("btrfs").error().code, ErrorCode::kNotSupported);
  host.Write("sys/fs/btrfs/features/raid1c34", "0\n");  // the module alone
  EXPECT_EQ(host.RunOnce("btrfs").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
