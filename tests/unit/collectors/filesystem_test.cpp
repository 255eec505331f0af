#include "collectors/filesystem.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/collectors/blocking_kernel.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

bool Has(const Result<std::string>& run, std::string_view line) {
  return run && ("\n" + *run).find("\n" + std::string(line) + "\n") != std::string::npos;
}

TEST(ParseMounts, TakesPlaceKindDeviceAndState) {
  const auto mounts = ParseMounts(
      "36 35 98:0 /x /my\\040site\\134 rw,noatime shared:1 master:2 - ext4 /dev/v\\040a rw\n"
      "37 35 98:0 / /b ro,noatime - xfs /dev/vdb rw\n"
      "38 35 0:40 / /c rw - tmpfs  rw,size=1k\n"
      "39 35 98:2 / /d rw - ext4 /dev/vdd ro\n");
  ASSERT_TRUE(mounts) << mounts.error().message;
  ASSERT_EQ(mounts->size(), 4u);
  EXPECT_EQ((*mounts)[0].id, 36u);
  EXPECT_EQ((*mounts)[0].mount_point, "/my site\\");
  EXPECT_EQ((*mounts)[0].fs_type, "ext4");
  EXPECT_EQ((*mounts)[0].device, "/dev/v\\040a");
  EXPECT_FALSE((*mounts)[0].readonly);
  EXPECT_TRUE((*mounts)[1].readonly) << "the mount is";
  EXPECT_EQ((*mounts)[2].device, "");
  EXPECT_FALSE((*mounts)[2].readonly);
  EXPECT_TRUE((*mounts)[3].readonly) << "the file system is";
}

TEST(ParseMounts, SaysWhichLineIsGarbled) {
  const auto mounts = ParseMounts("36 35 98:0 / / rw - ext4 /dev/vda rw\n37 35 98:0 / /b rw\n");
  ASSERT_FALSE(mounts);
  EXPECT_EQ(mounts.error().message, "line 2: not a mount");
}

TEST(MayWait, IsTrueForServersAndForWhatIsBehindThem) {
  const auto mounts = ParseMounts(
      "1 0 8:1 / / rw - ext4 /dev/vda rw\n"
      "2 1 0:9 / /nfs rw - nfs4 nas:/ rw\n"
      "3 2 8:2 / /nfs/local rw - ext4 /dev/vdb rw\n"
      "4 1 8:3 / /nfs2 rw - xfs /dev/vdc rw\n"
      "5 1 0:7 / /odd rw - newfs x rw\n"
      "6 1 0:8 / /ossfs rw - fuse.ossfs ossfs rw\n");
  ASSERT_TRUE(mounts);
  EXPECT_EQ(MayWait(*mounts), (std::vector<bool>{false, true, true, false, true, true}));
}

TEST(FilesystemCollector, NamesSpaceAndInodes) {
  HostFixture host;
  host.Write("proc/1/mountinfo", "1 0 8:1 / /data ro,noatime - ext4 /dev/vdb rw\n");
  host.kernel.filesystems[host.Env().root.Path(Tree::kRoot, "data")] = {
      .size_bytes = 5, .free_bytes = 4, .avail_bytes = 3, .files = 2, .files_free = 1};
  const std::string labels = "{device=\"/dev/vdb\",mountpoint=\"/data\",fstype=\"ext4\"} ";
  EXPECT_EQ(*host.RunOnce("filesystem"),
            "node_filesystem_avail_bytes" + labels + "3\n" + "node_filesystem_device_error" +
                labels + "0\n" + "node_filesystem_files_free" + labels + "1\n" +
                "node_filesystem_files" + labels + "2\n" + "node_filesystem_free_bytes" + labels +
                "4\n" + "node_filesystem_readonly" + labels + "1\n" + "node_filesystem_size_bytes" +
                labels + "5\n");
}

TEST(FilesystemCollector, LeavesPseudoFileSystemsAndContainersOut) {
  HostFixture host;
  host.Write("proc/1/mountinfo",
             "1 0 0:1 / /proc rw - proc proc rw\n2 0 0:2 / /mnt/o rw - overlay overlay rw\n"
             "3 0 0:3 / /dev/shm rw - tmpfs tmpfs rw\n"
             "4 0 0:4 / /var/lib/docker/x rw - tmpfs tmpfs rw\n");
  EXPECT_EQ(*host.RunOnce("filesystem"), "");
}

TEST(FilesystemCollector, MarksAMountThatCannotBeAsked) {
  HostFixture host;
  host.Write("proc/1/mountinfo", "1 0 8:1 / /data rw - ext4 /dev/vdb rw\n");
  EXPECT_EQ(
      *host.RunOnce("filesystem"),
      "node_filesystem_device_error{device=\"/dev/vdb\",mountpoint=\"/data\",fstype=\"ext4\"} "
      "1\n");
}

TEST(FilesystemCollector, ShowsAMountOverItselfOnceAsItIsSeen) {
  HostFixture host;
  host.Write("proc/1/mountinfo",
             "1 0 8:1 / /data rw - ext4 /dev/vdb rw\n2 1 8:1 / /data ro - ext4 /dev/vdb rw\n");
  host.kernel.filesystems[host.Env().root.Path(Tree::kRoot, "data")] = {};
  const auto run = host.RunOnce("filesystem");
  EXPECT_TRUE(Has(run,
                  "node_filesystem_readonly{device=\"/dev/vdb\",mountpoint=\"/data\","
                  "fstype=\"ext4\"} 1"))
      << *run;
}

TEST(FilesystemCollector, FollowsTheMountTable) {
  HostFixture host;
  const auto collector = host.Make("filesystem");
  SeriesSet set;
  host.Write("proc/1/mountinfo", "1 0 8:1 / /a rw - ext4 /dev/vda rw\n");
  EXPECT_NE(host.Run(*collector, set)->find("/a"), std::string::npos);
  host.Write("proc/1/mountinfo", "2 0 8:1 / /b rw - ext4 /dev/vdb rw\n");
  const auto run = host.Run(*collector, set);
  EXPECT_EQ(run->find("/a"), std::string::npos) << *run;
  EXPECT_NE(run->find("/b"), std::string::npos) << *run;
}

TEST(FilesystemCollector, ReadsItsOwnTableWherePid1sIsHidden) {
  HostFixture host;
  host.Write("proc/self/mountinfo", "1 0 8:1 / /a rw - ext4 /dev/vda rw\n");
  EXPECT_NE(host.RunOnce("filesystem")->find("/a"), std::string::npos);
}

TEST(FilesystemCollector, TakesTheRootOffAContainersMountPoints) {
  HostFixture host;
  const std::string root(host.Env().root.paths().rootfs);
  host.Write("proc/1/mountinfo", "1 0 8:1 / " + root + "/a rw - ext4 /dev/vda rw\n2 0 8:2 / " +
                                     root + " rw - ext4 /dev/vdb rw\n");
  host.kernel.filesystems[root] = {};
  const auto run = host.RunOnce("filesystem");
  EXPECT_NE(run->find("mountpoint=\"/a\""), std::string::npos) << *run;
  EXPECT_TRUE(Has(run,
                  "node_filesystem_device_error{device=\"/dev/vdb\",mountpoint=\"/\","
                  "fstype=\"ext4\"} 0"))
      << *run;
}

TEST(FilesystemCollector, KeepsTheKnownMountsWhenTheTableIsGarbled) {
  HostFixture host;
  const auto collector = host.Make("filesystem");
  SeriesSet set;
  host.Write("proc/1/mountinfo", "1 0 8:1 / /a rw - ext4 /dev/vda rw\n");
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/1/mountinfo", "1 0 8:1 / /a");
  const auto run = host.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kParse);
  EXPECT_NE(Samples(set).find("/a"), std::string::npos);
}

// A disk, and a network mount whose server is gone.
struct HungMount : ::testing::Test {
  HungMount() {
    host.Write("proc/1/mountinfo", std::string(kDisk) + std::string(kNas));
    collector =
        FindCollector("filesystem")
            ->make({host.Env().root, kernel, host.Env().shared, *host.boards, host.state_directory},
                   CollectorOptions(kFilesystemOptions));
    kernel.Block(nas);
  }
  ~HungMount() override { kernel.Release(nas); }
  Result<std::string> Tick(std::chrono::seconds step = std::chrono::seconds(1)) {
    return host.Run(*collector, set, step);
  }

  static constexpr std::string_view kDisk = "1 0 8:1 / /data rw - ext4 /dev/vdb rw\n";
  static constexpr std::string_view kNas = "2 0 0:9 / /nas rw - nfs4 nas:/ rw\n";
  static constexpr std::string_view kDiskSize =
      "node_filesystem_size_bytes{device=\"/dev/vdb\",mountpoint=\"/data\",fstype=\"ext4\"} 1000";
  static constexpr std::string_view kNasSize =
      "node_filesystem_size_bytes{device=\"nas:/\",mountpoint=\"/nas\",fstype=\"nfs4\"} 1000";
  static constexpr std::string_view kNasError =
      "node_filesystem_device_error{device=\"nas:/\",mountpoint=\"/nas\",fstype=\"nfs4\"} 1";

  HostFixture host;
  const std::string nas = host.Env().root.Path(Tree::kRoot, "nas");
  BlockingKernel kernel;
  SeriesSet set;
  std::unique_ptr<Collector> collector;
};

TEST_F(HungMount, MarksOnlyItselfOnceItsTimeIsUp) {
  for (int second = 0; second < 60; ++second) {
    const auto run = Tick();
    EXPECT_TRUE(Has(run, kDiskSize)) << second;
    EXPECT_EQ(Has(run, kNasError), second >= 5) << second;
    EXPECT_EQ(run->find("_bytes{device=\"nas"), std::string::npos) << *run;
  }
  ASSERT_TRUE(kernel.WaitForCalls(nas, 1));
  EXPECT_EQ(kernel.Calls(nas), 1) << "one call hangs; no other is made";
}

TEST_F(HungMount, ComesBackWhenItsServerDoes) {
  for (int second = 0; second < 10; ++second) ASSERT_TRUE(Tick());
  kernel.Release(nas);
  auto run = Tick();
  while (!Has(run, kNasSize)) {  // as soon as the thread has put its answer down
    std::this_thread::yield();
    run = Tick(std::chrono::seconds(0));
  }
  EXPECT_FALSE(Has(run, kNasError));
}

TEST_F(HungMount, IsForgottenWhenUnmountedAndAskedAnewWhenMountedAnew) {
  for (int second = 0; second < 10; ++second) ASSERT_TRUE(Tick());
  // Ticks take no real time here: a thread that has not begun when its mount goes asks nothing.
  ASSERT_TRUE(kernel.WaitForCalls(nas, 1));
  host.Write("proc/1/mountinfo", kDisk);
  EXPECT_EQ(Tick()->find("nas"), std::string::npos);
  // The same place, another mount: the call that still hangs is not its.
  host.Write("proc/1/mountinfo", std::string(kDisk) + "3 0 0:9 / /nas rw - nfs4 nas:/ rw\n");
  EXPECT_FALSE(Has(Tick(), kNasError));
  EXPECT_TRUE(kernel.WaitForCalls(nas, 2));
}

TEST_F(HungMount, KeepsItsThreadWhenAnotherMountComes) {
  for (int second = 0; second < 10; ++second) ASSERT_TRUE(Tick());
  host.Write("proc/1/mountinfo",
             std::string(kNas) + std::string(kDisk) + "7 0 8:3 / /new rw - ext4 /dev/vdd rw\n");
  for (int second = 0; second < 10; ++second) EXPECT_TRUE(Has(Tick(), kNasError));
  ASSERT_TRUE(kernel.WaitForCalls(nas, 1));
  EXPECT_EQ(kernel.Calls(nas), 1);
}

}  // namespace
}  // namespace ecsward
