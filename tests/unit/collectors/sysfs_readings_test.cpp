#include "collectors/sysfs_readings.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(DmiCollector, HasALabelForEachFileThatCanBeRead) {
  HostFixture host;
  host.Write("sys/class/dmi/id/sys_vendor", "Alibaba Cloud\n");
  host.Write("sys/class/dmi/id/board_name", "");
  host.Write("sys/class/dmi/id/chassis_type", "1\n");
  EXPECT_EQ(*host.RunOnce("dmi"),
            "node_dmi_info{board_name=\"\",system_vendor=\"Alibaba Cloud\"} 1\n");
}

TEST(EdacCollector, TellsRowsFromUnknown) {
  HostFixture host;
  const std::string mc = "sys/devices/system/edac/mc/mc0/";
  for (const char* file : {"ce_count", "ue_count", "ue_noinfo_count", "csrow0/ue_count"}) {
    host.Write(mc + file, "0\n");
  }
  host.Write(mc + "ce_noinfo_count", "2\n");
  host.Write(mc + "csrow0/ce_count", "3\n");
  host.Write("sys/devices/system/edac/mc/power/control", "auto\n");
  EXPECT_EQ(*host.RunOnce("edac"),
            "node_edac_correctable_errors_total{controller=\"0\"} 0\n"
            "node_edac_csrow_correctable_errors_total{controller=\"0\",csrow=\"0\"} 3\n"
            "node_edac_csrow_correctable_errors_total{controller=\"0\",csrow=\"unknown\"} 2\n"
            "node_edac_csrow_uncorrectable_errors_total{controller=\"0\",csrow=\"0\"} 0\n"
            "node_edac_csrow_uncorrectable_errors_total{controller=\"0\",csrow=\"unknown\"} 0\n"
            "node_edac_uncorrectable_errors_total{controller=\"0\"} 0\n");
}

TEST(WatchdogCollector, LeavesOutWhatTheDriverDoesNotOffer) {
  HostFixture host;
  host.Write("sys/class/watchdog/watchdog0/timeout", "60\n");
  host.Write("sys/class/watchdog/watchdog0/nowayout", "0\n");
  host.Write("sys/class/watchdog/watchdog0/timeleft", "");
  host.Write("sys/class/watchdog/watchdog0/identity", "i6300ESB timer\n");
  EXPECT_EQ(*host.RunOnce("watchdog"),
            "node_watchdog_info{name=\"watchdog0\",options=\"\",identity=\"i6300ESB timer\","
            "state=\"\",status=\"\",pretimeout_governor=\"\"} 1\n"
            "node_watchdog_nowayout{name=\"watchdog0\"} 0\n"
            "node_watchdog_timeout_seconds{name=\"watchdog0\"} 60\n");
}

TEST(NvmeCollector, SeesDevicesComeAndGo) {
  HostFixture host;
  const auto collector = host.Make("nvme");
  SeriesSet set;
  EXPECT_EQ(host.Run(*collector, set).error().code, ErrorCode::kNotSupported);
  for (const char* file : {"firmware_rev", "model", "serial", "state", "cntlid"}) {
    host.Write(std::string("sys/class/nvme/nvme0/") + file, std::string(file) + "  \n");
  }
  host.clock.Advance(SysfsReadings::kRescan);
  EXPECT_EQ(*host.Run(*collector, set),
            "node_nvme_info{device=\"nvme0\",firmware_revision=\"firmware_rev\",model=\"model\","
            "serial=\"serial\",state=\"state\",cntlid=\"cntlid\"} 1\n");
  host.Remove("sys/class/nvme/nvme0");
  host.clock.Advance(SysfsReadings::kRescan);
  EXPECT_EQ(host.Run(*collector, set).error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
