#include "collectors/time.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr const char* kClock = "sys/devices/system/clocksource/clocksource0/";

TEST(TimeCollector, ReportsTheTickItself) {
  HostFixture host;
  host.kernel.zone = {"CST", 28800};
  EXPECT_EQ(*host.RunOnce("time"),
            "node_time_seconds 1.7e+09\nnode_time_zone_offset_seconds{time_zone=\"CST\"} 28800\n");
}

TEST(TimeCollector, ListsClockSources) {
  HostFixture host;
  host.Write(std::string(kClock) + "available_clocksource", "kvm-clock tsc acpi_pm \n");
  host.Write(std::string(kClock) + "current_clocksource", "kvm-clock\n");
  const auto text = *host.RunOnce("time");
  for (const char* line :
       {"node_time_clocksource_available_info{device=\"0\",clocksource=\"acpi_pm\"} 1\n",
        "node_time_clocksource_available_info{device=\"0\",clocksource=\"tsc\"} 1\n",
        "node_time_clocksource_current_info{device=\"0\",clocksource=\"kvm-clock\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << text;
  }
}

TEST(TimeCollector, NoticesAnotherClockSource) {
  HostFixture host;
  host.Write(std::string(kClock) + "current_clocksource", "tsc\n");
  const auto collector = host.Make("time");
  SeriesSet set;
  ASSERT_TRUE(host.Run(*collector, set, std::chrono::seconds(15)));   // it looks every 15 s
  host.Write(std::string(kClock) + "current_clocksource", "hpet\n");  // the TSC was unstable
  const auto text = *host.Run(*collector, set);
  EXPECT_NE(text.find("clocksource=\"hpet\"} 1"), std::string::npos) << text;
  EXPECT_EQ(text.find("clocksource=\"tsc\""), std::string::npos) << text;
}

}  // namespace
}  // namespace ecsward
