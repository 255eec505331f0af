#include "collectors/thermal_zone.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

void WriteZone(HostFixture& host, const std::string& number, std::string_view temp) {
  const std::string folder = "sys/class/thermal/thermal_zone" + number;
  host.Write(folder + "/type", "x86_pkg_temp\n");
  host.Write(folder + "/temp", temp);
}

TEST(ThermalZoneCollector, ReportsZonesAndWhatCoolsThem) {
  HostFixture host;
  WriteZone(host, "0", "49925\n");
  WriteZone(host, "12", "-5000\n");
  host.Write("sys/class/thermal/cooling_device3/type", "intel_powerclamp\n");
  host.Write("sys/class/thermal/cooling_device3/cur_state", "-1\n");
  host.Write("sys/class/thermal/cooling_device3/max_state", "50\n");
  EXPECT_EQ(*host.RunOnce("thermal_zone"),
            "node_cooling_device_cur_state{name=\"3\",type=\"intel_powerclamp\"} -1\n"
            "node_cooling_device_max_state{name=\"3\",type=\"intel_powerclamp\"} 50\n"
            "node_thermal_zone_temp{zone=\"0\",type=\"x86_pkg_temp\"} 49.925\n"
            "node_thermal_zone_temp{zone=\"12\",type=\"x86_pkg_temp\"} -5\n");
}

TEST(ThermalZoneCollector, SkipsDisabledZones) {
  HostFixture host;
  WriteZone(host, "0", "49925\n");
  host.Write("sys/class/thermal/thermal_zone0/mode", "disabled\n");
  EXPECT_EQ(*host.RunOnce("thermal_zone"), "");
}

TEST(ThermalZoneCollector, ReportsTheOtherZonesWhenOneIsGarbled) {
  HostFixture host;
  WriteZone(host, "0", "hot\n");
  WriteZone(host, "1", "1000\n");
  const auto collector = host.Make("thermal_zone");
  SeriesSet set;
  const auto run = host.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("thermal_zone0/temp"), std::string::npos)
      << run.error().message;
  EXPECT_EQ(Samples(set), "node_thermal_zone_temp{zone=\"1\",type=\"x86_pkg_temp\"} 1\n");
}

TEST(ThermalZoneCollector, IsNotSupportedWithoutZones) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("thermal_zone").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
