// Sensors: temperatures, fans, voltages, power (what lm-sensors shows).
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/name_filter.h"
#include "collectors/sysfs_readings.h"
#include "metrics/metric_set.h"

namespace ecsward {

inline constexpr OptionSpec kHwmonOptions[] = {
    {"chip_include", OptionKind::kRegex, "", "Chips to look at; empty: all."},
    {"chip_exclude", OptionKind::kRegex, "", "Chips to leave out."},
    {"sensor_include", OptionKind::kRegex, "",
     "Sensors to look at, as \"chip;sensor\"; empty: all."},
    {"sensor_exclude", OptionKind::kRegex, "", "Sensors to leave out, as \"chip;sensor\"."},
};

// A sensor's file name taken apart: "temp1_crit_alarm" is of type temp, number 1, property
// crit_alarm. Number and property may be absent ("update_interval").
// source: Documentation/hwmon/sysfs-interface.rst
struct SensorFile {
  std::string_view type;
  unsigned number = 0;
  std::string_view property;
};
// False for names that are no sensor's.
bool ParseSensorFile(std::string_view name, SensorFile& out);

// As node_exporter makes chip names fit for metrics: lower case, "_" for what is not a letter,
// digit, colon or underscore, none at the ends.
std::string CleanSensorName(std::string_view name);

// What a sensor's property is called and in which unit. An empty name: it is not reported.
struct SensorMetric {
  std::string name;
  double divisor = 1;  // the file holds thousandths or millionths
  MetricType type = MetricType::kGauge;
};
// `has_plain`: there is a file without a property too ("temp7" beside "temp7_input").
SensorMetric MetricOfSensor(std::string_view type, std::string_view property, bool has_plain);

// source: /sys/class/hwmon/hwmon*/ and …/device/
class HwmonCollector final : public Collector {
 public:
  HwmonCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Label {
    std::string chip, sensor, text;  // sensor empty: the chip's own name
  };

  void Scan();
  void ScanChip(const std::string& folder);
  std::string ChipName(const std::string& folder) const;

  const HostRoot& root_;
  NameFilter chips_, sensors_;
  MetricSet metrics_;
  SysfsReadings readings_;
  std::vector<Label> labels_;
};

}  // namespace ecsward
