#include "collectors/hwmon.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseSensorFile, TakesTheNameApart) {
  SensorFile f;
  ASSERT_TRUE(ParseSensorFile("temp1_crit_alarm", f));
  EXPECT_EQ(f.type, "temp");
  EXPECT_EQ(f.number, 1u);
  EXPECT_EQ(f.property, "crit_alarm");
  ASSERT_TRUE(ParseSensorFile("update_interval", f));
  EXPECT_EQ(f.property, "");
  for (const char* other : {"name", "uevent", "temp1_", "temp1x", "temp_label", "1", ""}) {
    EXPECT_FALSE(ParseSensorFile(other, f)) << other;
  }
}

TEST(CleanSensorName, KeepsWhatAMetricNameMayHave) {
  EXPECT_EQ(CleanSensorName("0000:01:00.0"), "0000:01:00_0");
  EXPECT_EQ(CleanSensorName("_Core Temp."), "core_temp");
  EXPECT_EQ(CleanSensorName("..."), "");
}

TEST(MetricOfSensor, KnowsTheUnits) {
  const auto name = [](const char* type, const char* property, bool plain = false) {
    return MetricOfSensor(type, property, plain).name;
  };
  EXPECT_EQ(name("temp", "input"), "node_hwmon_temp_celsius");
  EXPECT_EQ(name("temp", "input", true), "node_hwmon_temp_input_celsius");
  EXPECT_EQ(name("temp", "crit_alarm"), "node_hwmon_temp_crit_alarm_celsius");
  EXPECT_EQ(name("temp", "type"), "node_hwmon_temp_type");
  EXPECT_EQ(name("fan", "input"), "node_hwmon_fan_rpm");
  EXPECT_EQ(name("fan", "fault"), "node_hwmon_fan_fault");
  EXPECT_EQ(name("power", "average"), "node_hwmon_power_average_watt");
  EXPECT_EQ(name("power", "average_interval"), "node_hwmon_power_average_interval_seconds");
  EXPECT_EQ(name("in", "beep"), "node_hwmon_in_beep_enabled");
  EXPECT_EQ(name("pwm", ""), "node_hwmon_pwm");
  EXPECT_EQ(name("temp", "label"), "");
  EXPECT_EQ(MetricOfSensor("energy", "input", false).type, MetricType::kCounter);
}

class Hwmon : public ::testing::Test {
 protected:
  Hwmon() {
    const std::string chip = "sys/devices/platform/coretemp.0/hwmon/hwmon0/";
    host_.Write(chip + "name", "coretemp\n");
    host_.Write(chip + "temp1_input", "27800\n");
    host_.Write(chip + "temp1_label", "Package id 0\n");
    host_.Write(chip + "temp2_input", "\n");
    host_.Link(chip + "device", "../..");
    host_.Link("sys/class/hwmon/hwmon0", "../../devices/platform/coretemp.0/hwmon/hwmon0");
  }
  HostFixture host_;
};

TEST_F(Hwmon, NamesAChipByWhereItsDeviceHangs) {
  EXPECT_EQ(*host_.RunOnce("hwmon"),
            "node_hwmon_chip_names{chip=\"platform_coretemp_0\",chip_name=\"coretemp\"} 1\n"
            "node_hwmon_sensor_label{chip=\"platform_coretemp_0\",label=\"Package id 0\","
            "sensor=\"temp1\"} 1\n"
            "node_hwmon_temp_celsius{chip=\"platform_coretemp_0\",sensor=\"temp1\"} 27.8\n");
}

TEST_F(Hwmon, LooksOnlyAtWhatIsAskedFor) {
  EXPECT_EQ(host_.RunOnce("hwmon", {{"chip_exclude", "coretemp"}}).error().code,
            ErrorCode::kNotSupported);
  EXPECT_EQ(*host_.RunOnce("hwmon", {{"sensor_exclude", "^platform_coretemp_0;temp1$"}}),
            "node_hwmon_chip_names{chip=\"platform_coretemp_0\",chip_name=\"coretemp\"} 1\n");
}

TEST_F(Hwmon, DropsASensorThatGoesAndFindsItAgain) {
  const auto collector = host_.Make("hwmon");
  SeriesSet set;
  const auto has_temperature = [&] {
    return host_.Run(*collector, set)->find("temp_celsius") != std::string::npos;
  };
  EXPECT_TRUE(has_temperature());
  const std::string file = "sys/devices/platform/coretemp.0/hwmon/hwmon0/temp1_input";
  host_.Remove(file);
  host_.clock.Advance(SysfsReadings::kRescan);
  EXPECT_FALSE(has_temperature());
  host_.Write(file, "1000\n");
  host_.clock.Advance(SysfsReadings::kRescan);
  EXPECT_TRUE(has_temperature());
}

}  // namespace
}  // namespace ecsward
