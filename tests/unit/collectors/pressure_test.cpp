#include "collectors/pressure.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParsePressure, TakesTheTotals) {
  const auto totals = ParsePressure(
      "some avg10=0.00 avg60=0.01 avg300=0.00 total=6342483\n"
      "full avg10=0.00 avg60=0.00 avg300=0.00 total=5500000\n");
  ASSERT_TRUE(totals) << totals.error().message;
  EXPECT_DOUBLE_EQ(*totals->some, 6.342483);
  EXPECT_DOUBLE_EQ(*totals->full, 5.5);
}

TEST(ParsePressure, RefusesALineWithoutATotal) {
  EXPECT_FALSE(ParsePressure("some avg10=0.00\n"));
  EXPECT_FALSE(ParsePressure(""));
}

TEST(PressureCollector, NamesWaitingAndStalledTime) {
  HostFixture host;
  host.Write("proc/pressure/cpu", "some total=1000000\nfull total=0\n");
  host.Write("proc/pressure/io", "some total=2000000\nfull total=1500000\n");
  host.Write("proc/pressure/memory", "some total=0\nfull total=0\n");
  host.Write("proc/pressure/irq", "full total=250000\n");
  EXPECT_EQ(*host.RunOnce("pressure"),
            "node_pressure_cpu_waiting_seconds_total 1\n"
            "node_pressure_io_stalled_seconds_total 1.5\n"
            "node_pressure_io_waiting_seconds_total 2\n"
            "node_pressure_irq_stalled_seconds_total 0.25\n"
            "node_pressure_memory_stalled_seconds_total 0\n"
            "node_pressure_memory_waiting_seconds_total 0\n");
}

TEST(PressureCollector, IsNotSupportedByAnOldKernel) {
  HostFixture host;
  const auto run = host.RunOnce("pressure");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
