#include "agent/status_text.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

constexpr std::int64_t kNow = 1'740'830'400'000;

constexpr std::string_view kPage = R"(# HELP node_load1 Load.
node_uname_info{domainname="x",machine="x86_64",nodename="web-1",release="6.1.0",sysname="Linux",version="1"} 1
node_boot_time_seconds 1740740000
node_cpu_seconds_total{cpu="0",mode="idle"} 10
node_cpu_seconds_total{cpu="1",mode="idle"} 10
node_cpu_seconds_total{cpu="1",mode="user"} 10
ecsward_cpu_utilization_ratio{window="15s",stat="avg"} 0.61
ecsward_cpu_utilization_ratio{window="15s",stat="max"} 1
node_load1 1.5
node_memory_MemTotal_bytes 8589934592
node_memory_MemAvailable_bytes 2147483648
node_filesystem_size_bytes{device="vda1",fstype="ext4",mountpoint="/"} 100
node_filesystem_avail_bytes{device="vda1",fstype="ext4",mountpoint="/"} 17
node_filesystem_size_bytes{device="vdb1",fstype="ext4",mountpoint="/data"} 100
node_filesystem_avail_bytes{device="vdb1",fstype="ext4",mountpoint="/data"} 5
ecsward_disk_busy_ratio{device="vda",window="15s",stat="avg"} 0.12
ecsward_network_receive_bytes_per_second{device="lo",window="15s",stat="avg"} 99999999
ecsward_network_receive_bytes_per_second{device="eth0",window="15s",stat="avg"} 2048
ecsward_network_transmit_bytes_per_second{device="eth0",window="15s",stat="avg"} 1048576
node_scrape_collector_success{collector="hwmon"} 0
node_scrape_collector_success{collector="cpu"} 1
ecsward_self_resident_memory_bytes 8388608
ecsward_self_cpu_seconds_total 4
process_start_time_seconds 1740829400
ecsward_self_governor_level 0
)";

EvidencePeriod Lately(double total, std::vector<Offender> offenders) {
  EvidencePeriod period;
  period.total = total;
  period.offenders = std::move(offenders);
  return period;
}

TEST(FiguresFrom, TakesTheHandfulThatMatters) {
  const HostFigures figures = FiguresFrom(kPage);
  EXPECT_EQ(figures.name, "web-1");
  EXPECT_EQ(figures.cpus, 2);
  EXPECT_EQ(figures.cpu_ratio, 0.61);
  ASSERT_EQ(figures.filesystems.size(), 2u);
  EXPECT_EQ(figures.filesystems[0].name, "/data");
  EXPECT_DOUBLE_EQ(figures.filesystems[0].ratio, 0.95);
  EXPECT_EQ(figures.receive_bytes_per_second, 2048);  // without lo
  EXPECT_EQ(figures.failing_collectors, (std::vector<std::string>{"hwmon"}));
  EXPECT_FALSE(FiguresFrom("").cpu_ratio);
}

TEST(StatusText, SaysItOnOneScreen) {
  HostStatus status;
  status.time_ms = kNow;
  status.uses = {{"cpu", Lately(1.2, {{"php-fpm", 7, 0.48, 0.6}, {"cron", 8, 0.001, 0}})},
                 {"disk", Lately(3355443, {{"mysqld", 9, 0.8, 2600000}})},
                 {"ports", Lately(1000, {{"nginx :443", 0, 0.97, 970}})},
                 {"peers", Lately(1000, {{"203.0.113.7", 0, 0.41, 410}})}};
  status.groups = {{"php-fpm.service", 8, 8, 0.6, 700e6, 0}};
  status.ports_known = true;
  status.listeners = 5;
  PortListener nc;
  nc.proto = "tcp";
  nc.address = "0.0.0.0";
  nc.port = 4444;
  nc.pid = 99;
  nc.process = "nc";
  nc.user = "root";
  nc.executable = "/usr/bin/nc";
  status.unexpected = {nc};
  ExpectedPort web;
  web.expect = "tcp:443";
  web.up = true;
  status.expected = {web};
  status.notes = {"no kernel log"};
  RuleAlert busy{"f;g", "HostCpuBusy", "", {}};
  busy.alert.state = AlertState::kFiring;
  busy.alert.fired_at_ms = kNow - 60'000;
  busy.alert.annotations = {{"summary", "CPU\nbusy"}};
  EXPECT_EQ(StatusText(FiguresFrom(kPage), status, {busy}, kNow),
            "web-1, up 1d1h6m40s, Linux 6.1.0\n"
            "cpu       61 % of 2, load 1.50   php-fpm 48 %\n"
            "memory    75 % of 8.0 GiB\n"
            "disk      vda 12 % busy, 3.2 MiB/s   mysqld 80 %\n"
            "full      /data 95 %, / 83 %\n"
            "network   2.0 KiB/s in, 1.0 MiB/s out   nginx :443 97 %; with 203.0.113.7 41 %\n"
            "\n"
            "  GROUP            PROCESSES      CPU     MEMORY         DISK\n"
            "  php-fpm.service          8   60.0 %    668 MiB        0 B/s\n"
            "\n"
            "ports     5 reachable from outside, 1 unexpected, 0 of 1 expected missing\n"
            "  unexpected  tcp 0.0.0.0:4444  nc (pid 99, root, /usr/bin/nc)\n"
            "alerts    1 firing, 0 pending\n"
            "  for 1m       CPU busy\n"
            "agent     8.0 MiB, 0.40 % of a CPU since it started; failing: hwmon\n"
            "note: no kernel log\n");
}

TEST(StatusText, SaysWhatItHasWhereCollectorsAreOff) {
  EXPECT_EQ(StatusText({}, {}, {}, kNow),
            "this host\n"
            "network   0 B/s in, 0 B/s out\n"
            "alerts    0 firing, 0 pending\n"
            "agent     0 B\n");
}

TEST(StatusOnTheWire, IsReadBack) {
  HostBoards boards;
  const Offender php{"php-fpm", 7, 0, 0.6};
  boards.cpu.Add({kNow - 1000, 1.2}, std::span(&php, 1));
  auto picture = std::make_shared<PortPicture>();
  picture->listeners.resize(3);
  picture->listeners[0].verdict = PortVerdict::kUnexpected;
  picture->listeners[1].verdict = PortVerdict::kLoopback;
  boards.ports.Publish(picture);
  const HostStatus status = StatusOf(boards, kNow);
  ASSERT_EQ(status.uses.size(), 1u);
  EXPECT_DOUBLE_EQ(status.uses[0].lately.offenders.at(0).share, 0.5);
  EXPECT_EQ(status.listeners, 2u);
  EXPECT_EQ(status.unexpected.size(), 1u);
  const auto back = ParseStatus(ToText(status));
  ASSERT_TRUE(back);
  EXPECT_EQ(ToText(*back), ToText(status));
  EXPECT_FALSE(ParseStatus("[]"));
}

}  // namespace
}  // namespace ecsward
