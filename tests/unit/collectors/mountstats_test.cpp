#include "collectors/mountstats.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kFile =
    "device rootfs mounted on / with fstype rootfs\n"
    "device 192.0.2.1:/srv mounted on /mnt/a with fstype nfs4 statvers=1.1\n"
    "\topts:\trw,vers=4.0,mountaddr=x,addr=192.0.2.1\n"
    "\tage:\t13968\n"
    "\tevents:\t52 226 0 0 1 13\n"
    "\tbytes:\t100 200 0 0 300 400 5 6\n"
    "\txprt:\ttcp 832 7 1 0 11 6428 6427 0 12154 0 24 26 5726\n"
    "\tper-op statistics\n"
    "\t        READ: 1298 1299 0 207680 1210292152 6 79386 79407\n"
    "\n"
    "device proc mounted on /proc with fstype proc\n";

TEST(ParseMountStats, TakesOnlyNfs) {
  MountStats stats;
  ASSERT_TRUE(ParseMountStats(kFile, stats));
  ASSERT_EQ(stats.mounts.size(), 1u);
  EXPECT_EQ(stats.mounts[0].address, "192.0.2.1");
  EXPECT_EQ(stats.mounts[0].age_seconds, 13968);
  ASSERT_EQ(stats.operations.size(), 1u);
  EXPECT_EQ(stats.operations[0].name, "READ");
  EXPECT_EQ(stats.operations[0].numbers[8], 0) << "an older kernel does not count errors";
}

TEST(ParseMountStats, PutsUdpNumbersWhereTcpOnesStand) {
  MountStats stats;
  ASSERT_TRUE(
      ParseMountStats("device a mounted on /b with fstype nfs statvers=1.0\n"
                      " xprt: udp 832 7 6428 6427 1 2 3\n",
                      stats));
  EXPECT_EQ(stats.transports.at(0).numbers[1], 7);
  EXPECT_EQ(stats.transports[0].numbers[2], 0);
  EXPECT_EQ(stats.transports[0].numbers[5], 6428);
}

TEST(ParseMountStats, NamesTheBadLine) {
  MountStats stats;
  const auto parsed =
      ParseMountStats("device a mounted on /b with fstype nfs statvers=1.0\n age: old\n", stats);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().message.find("line 2"), std::string::npos);
}

TEST(MountstatsCollector, SaysTheNumbersOfAnExportOnce) {
  HostFixture host;
  std::string twice(kFile);
  std::string second(kFile);
  second.replace(second.find("/mnt/a"), 6, "/mnt/b");
  host.Write("proc/self/mountstats", twice + second);
  const auto samples = host.RunOnce("mountstats");
  ASSERT_TRUE(samples);
  for (const std::string_view line :
       {"node_mountstats_nfs_mountpoint_info{export=\"192.0.2.1:/srv\",protocol=\"tcp\","
        "mountaddr=\"192.0.2.1\",mountpoint=\"/mnt/b\"} 1\n",
        "node_mountstats_nfs_transport_receives_total{export=\"192.0.2.1:/srv\",protocol=\"tcp\","
        "mountaddr=\"192.0.2.1\",transport=\"0\"} 6427\n",
        "node_mountstats_nfs_operations_response_time_seconds_total{export=\"192.0.2.1:/srv\","
        "protocol=\"tcp\",mountaddr=\"192.0.2.1\",operation=\"READ\"} 79.386\n",
        "node_mountstats_nfs_event_vfs_lookup_total{export=\"192.0.2.1:/srv\",protocol=\"tcp\","
        "mountaddr=\"192.0.2.1\"} 13\n"}) {
    EXPECT_NE(samples->find(line), std::string::npos) << line;
  }
}

TEST(MountstatsCollector, ShowsNothingWithoutNfs) {
  HostFixture host;
  host.Write("proc/self/mountstats", "device proc mounted on /proc with fstype proc\n");
  EXPECT_EQ(*host.RunOnce("mountstats"), "");
}

}  // namespace
}  // namespace ecsward
