#include "collectors/infiniband.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseInfinibandState, TakesTheNumberInFront) {
  EXPECT_EQ(ParseInfinibandState("4: ACTIVE\n"), 4);
  EXPECT_FALSE(ParseInfinibandState("ACTIVE"));
  EXPECT_FALSE(ParseInfinibandState(""));
}

TEST(ParseInfinibandRate, GivesBytesPerSecond) {
  EXPECT_EQ(ParseInfinibandRate("100 Gb/sec (4X EDR)\n"), 12'500'000'000);
  EXPECT_EQ(ParseInfinibandRate("2.5 Gb/sec (1X SDR)"), 312'500'000);
  EXPECT_FALSE(ParseInfinibandRate("fast"));
}

TEST(InfinibandCollector, NamesCountersPerPort) {
  HostFixture host;
  const std::string port = "sys/class/infiniband/mlx5_0/ports/1/";
  host.Write("sys/class/infiniband/mlx5_0/fw_ver", "16.35.2000\n");
  host.Write(port + "state", "4: ACTIVE\n");
  host.Write(port + "phys_state", "5: LinkUp\n");
  host.Write(port + "rate", "100 Gb/sec (4X EDR)\n");
  host.Write(port + "counters/port_rcv_data", "10\n");
  host.Write(port + "counters/link_downed", "N/A (no PMA)\n");
  host.Write(port + "hw_counters/lifespan", "12\n");
  EXPECT_EQ(*host.RunOnce("infiniband"),
            "node_infiniband_info{device=\"mlx5_0\",board_id=\"\",firmware_version=\"16.35.2000\","
            "hca_type=\"\"} 1\n"
            "node_infiniband_lifespan_seconds{device=\"mlx5_0\",port=\"1\"} 0.012\n"
            "node_infiniband_physical_state_id{device=\"mlx5_0\",port=\"1\"} 5\n"
            "node_infiniband_port_data_received_bytes_total{device=\"mlx5_0\",port=\"1\"} 40\n"
            "node_infiniband_rate_bytes_per_second{device=\"mlx5_0\",port=\"1\"} 1.25e+10\n"
            "node_infiniband_state_id{device=\"mlx5_0\",port=\"1\"} 4\n");
}

TEST(InfinibandCollector, IsNotOfferedWithoutAnAdapter) {
  HostFixture host;
  const auto collector = host.Make("infiniband");
  SeriesSet set;
  for (int run = 1; run <= 2; ++run) {
    EXPECT_EQ(host.Run(*collector, set).error().code, ErrorCode::kNotSupported) << "run " << run;
  }
}

}  // namespace
}  // namespace ecsward
