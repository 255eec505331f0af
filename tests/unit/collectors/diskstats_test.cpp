#include "collectors/diskstats.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

bool Has(const Result<std::string>& run, std::string_view line) {
  return run && ("\n" + *run).find("\n" + std::string(line) + "\n") != std::string::npos;
}

TEST(ParseDiskstats, TakesOldAndNewKernelsLines) {
  std::vector<DiskLine> lines;
  ASSERT_TRUE(
      ParseDiskstats("   8       0 sda 1 2 3 4 5 6 7 8 9 10 11\n"
                     " 259       0 nvme0n1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n",
                     lines));
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].column_count, 11u);
  EXPECT_EQ(lines[1].column_count, 17u);
  EXPECT_EQ(lines[1].device, "nvme0n1");
  EXPECT_EQ(lines[1].major, 259u);
}

TEST(ParseDiskstats, KeepsTheLinesBeforeATruncatedOne) {
  std::vector<DiskLine> lines;
  const auto parsed = ParseDiskstats("8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n8 16 sdb 1 2", lines);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kParse);
  EXPECT_TRUE(parsed.error().message.starts_with("line 2: ")) << parsed.error().message;
  EXPECT_EQ(lines.size(), 1u);
}

TEST(DiskstatsCollector, ConvertsSectorsAndMilliseconds) {
  HostFixture host;
  host.Write("proc/diskstats", "8 0 sda 1 2 3 4000 5 6 7 8 9 10 11 12 13 14 15 16 17\n");
  const auto run = host.RunOnce("diskstats");
  EXPECT_TRUE(Has(run, "node_disk_read_bytes_total{device=\"sda\"} 1536")) << *run;
  EXPECT_TRUE(Has(run, "node_disk_read_time_seconds_total{device=\"sda\"} 4")) << *run;
  EXPECT_TRUE(Has(run, "node_disk_discarded_sectors_total{device=\"sda\"} 14")) << *run;
  EXPECT_TRUE(Has(run, "node_disk_flush_requests_time_seconds_total{device=\"sda\"} 0.017"))
      << *run;
}

TEST(DiskstatsCollector, LeavesPartitionsAndLoopDevicesOut) {
  HostFixture host;
  host.Write("proc/diskstats",
             "8 1 sda1 1 2 3 4 5 6 7 8 9 10 11\n7 0 loop0 1 2 3 4 5 6 7 8 9 10 11\n"
             "259 1 nvme0n1p1 1 2 3 4 5 6 7 8 9 10 11\n253 0 dm-0 1 2 3 4 5 6 7 8 9 10 11\n");
  const auto run = host.RunOnce("diskstats");
  EXPECT_TRUE(Has(run, "node_disk_io_now{device=\"dm-0\"} 9")) << *run;
  for (const char* out : {"sda1", "loop0", "nvme0n1p1"}) {
    EXPECT_EQ(run->find(out), std::string::npos) << *run;
  }
}

TEST(DiskstatsCollector, TakesIdentityFromUdev) {
  HostFixture host;
  host.Write("proc/diskstats",
             "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n253 0 dm-0 1 2 3 4 5 6 7 8 9 10 11\n");
  host.Write("udev/b8:0",
             "S:disk/by-id/x\nE:ID_PATH=pci-1\nE:ID_MODEL=HDD\nE:ID_SERIAL=long\n"
             "E:ID_SERIAL_SHORT=S1\nE:ID_ATA=1\nE:ID_ATA_ROTATION_RATE_RPM=7200\n");
  host.Write("udev/b253:0", "E:DM_NAME=vg-lv\nE:DM_VG_NAME=vg\nE:ID_FS_TYPE=xfs\n");
  host.Write("sys/block/dm-0/slaves/sda/dev", "8:0\n");
  const auto run = host.RunOnce("diskstats");
  EXPECT_TRUE(Has(run,
                  "node_disk_info{device=\"sda\",major=\"8\",minor=\"0\",path=\"pci-1\",wwn=\"\","
                  "model=\"HDD\",serial=\"S1\",revision=\"\"} 1"))
      << *run;
  EXPECT_TRUE(Has(run, "node_disk_ata_rotation_rate_rpm{device=\"sda\"} 7200")) << *run;
  EXPECT_TRUE(Has(run,
                  "node_disk_device_mapper_info{device=\"dm-0\",name=\"vg-lv\",uuid=\"\","
                  "vg_name=\"vg\",lv_name=\"\",lv_layer=\"\"} 1"))
      << *run;
  EXPECT_TRUE(Has(run,
                  "node_disk_device_mapper_backing_device_info{device=\"dm-0\","
                  "backing_device=\"sda\"} 1"))
      << *run;
  EXPECT_TRUE(Has(run,
                  "node_disk_filesystem_info{device=\"dm-0\",type=\"xfs\",usage=\"\",uuid=\"\","
                  "version=\"\"} 1"))
      << *run;
}

TEST(DiskstatsCollector, SeesANewFileSystemWithinHalfAMinute) {
  HostFixture host;
  host.Write("proc/diskstats", "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n");
  const auto collector = host.Make("diskstats");
  SeriesSet set;
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("udev/b8:0", "E:ID_FS_TYPE=ext4\n");
  EXPECT_EQ(host.Run(*collector, set, std::chrono::seconds(29))->find("ext4"), std::string::npos);
  EXPECT_NE(host.Run(*collector, set)->find("ext4"), std::string::npos);
}

TEST(DiskstatsCollector, RemembersHowBusyADiskWas) {
  HostFixture host;
  const auto collector = host.Make("diskstats");
  SeriesSet set;
  for (const char* io_time : {"1000", "1750", "1750", "100"}) {  // the last: wrapped
    host.Write("proc/diskstats", std::string("8 0 sda 1 2 3 4 5 6 7 8 9 ") + io_time + " 11\n");
    ASSERT_TRUE(host.Run(*collector, set));
  }
  const std::string samples = Samples(set);
  EXPECT_TRUE(
      Has(samples, "ecsward_disk_busy_ratio{device=\"sda\",window=\"15s\",stat=\"max\"} 0.75"))
      << samples;
  EXPECT_TRUE(Has(samples, "ecsward_disk_busy_ratio{device=\"sda\",window=\"15s\",stat=\"min\"} 0"))
      << samples;
}

TEST(DiskstatsCollector, FollowsDevicesThatComeAndGo) {
  HostFixture host;
  const auto collector = host.Make("diskstats");
  SeriesSet set;
  const auto disk = [](const char* name, int io_time) {
    return std::string("8 0 ") + name + " 1 2 3 4 5 6 7 8 9 " + std::to_string(io_time) + " 11\n";
  };
  host.Write("proc/diskstats", disk("sda", 0) + disk("sdb", 0) + disk("sdc", 0));
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/diskstats", disk("sda", 100) + disk("sdc", 300));
  auto run = host.Run(*collector, set);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->find("sdb"), std::string::npos);
  EXPECT_TRUE(Has(run, "ecsward_disk_busy_ratio{device=\"sdc\",window=\"15s\",stat=\"max\"} 0.3"));
  host.Write("proc/diskstats", disk("sdb", 9999) + disk("sda", 200) + disk("sdc", 400));
  run = host.Run(*collector, set);
  EXPECT_TRUE(Has(run, "ecsward_disk_busy_ratio{device=\"sda\",window=\"15s\",stat=\"max\"} 0.1"));
  EXPECT_EQ(run->find("busy_ratio{device=\"sdb\""), std::string::npos)
      << "no rate from one reading";
}

}  // namespace
}  // namespace ecsward
