#include "collectors/tapestats.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

class Tapestats : public ::testing::Test {
 protected:
  HostFixture host;
};

TEST_F(Tapestats, NamesCountersPerDrive) {
  host.Write("sys/class/scsi_tape/st0/stats/in_flight", "1\n");
  host.Write("sys/class/scsi_tape/st0/stats/io_ns", "2500000000\n");
  host.Write("sys/class/scsi_tape/st0/stats/write_byte_cnt", "4096\n");
  // The same drive under other names.
  host.Write("sys/class/scsi_tape/nst0/stats/in_flight", "1\n");
  host.Write("sys/class/scsi_tape/st0a/stats/in_flight", "1\n");
  EXPECT_EQ(*host.RunOnce("tapestats"),
            "node_tape_io_now{device=\"st0\"} 1\n"
            "node_tape_io_time_seconds_total{device=\"st0\"} 2.5\n"
            "node_tape_written_bytes_total{device=\"st0\"} 4096\n");
}

TEST_F(Tapestats, LeavesOutIgnoredDrives) {
  host.Write("sys/class/scsi_tape/st0/stats/read_cnt", "1\n");
  host.Write("sys/class/scsi_tape/st1/stats/read_cnt", "2\n");
  EXPECT_EQ(*host.RunOnce("tapestats", {{"ignored_devices", "^st0$"}}),
            "node_tape_reads_completed_total{device=\"st1\"} 2\n");
}

TEST_F(Tapestats, LeavesOutWhatIsNoNumber) {
  host.Write("sys/class/scsi_tape/st0/stats/read_cnt", "many\n");
  host.Write("sys/class/scsi_tape/st0/stats/write_cnt", "2\n");
  EXPECT_EQ(*host.RunOnce("tapestats"), "node_tape_writes_completed_total{device=\"st0\"} 2\n");
}

TEST_F(Tapestats, IsNotOfferedWithoutADrive) {
  EXPECT_EQ(host.RunOnce("tapestats").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
