#include "collectors/hwmon.h"

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): realpath

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kChipNames{"node_hwmon_chip_names",
                            "Name that a chip's driver gives it; always 1.", MetricType::kGauge,
                            "chip,chip_name"};
constexpr Metric kSensorLabel{"node_hwmon_sensor_label",
                              "Label that a chip's driver gives a sensor; always 1.",
                              MetricType::kGauge, "chip,label,sensor"};

constexpr std::string_view kFolder = "class/hwmon";
constexpr std::array<std::string_view, 14> kTypes = {
    "vrm",  "beep_enable", "update_interval", "in",     "cpu",      "fan",       "pwm",
    "temp", "curr",        "power",           "energy", "humidity", "intrusion", "freq"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The path behind all symbolic links; empty when there is none.
std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
  return real ? std::string(real.get()) : std::string();
}

// Takes the last component off `path`.
std::string_view TakeLast(std::string_view& path) {
  const auto slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  return last;
}

}  // namespace

bool ParseSensorFile(std::string_view name, SensorFile& out) {
  out = {};
  const auto digit = std::find_if(name.begin(), name.end(), IsDigit);
  out.type = name.substr(0, static_cast<std::size_t>(digit - name.begin()));
  name.remove_prefix(out.type.size());
  if (std::find(kTypes.begin(), kTypes.end(), out.type) == kTypes.end()) return false;
  if (name.empty()) return true;
  const auto end = std::find_if_not(name.begin(), name.end(), IsDigit);
  const std::string_view digits = name.substr(0, static_cast<std::size_t>(end - name.begin()));
  std::uint64_t number = 0;
  if (digits.size() > 6 || !ParseUint(digits, number)) return false;
  out.number = static_cast<unsigned>(number);
  name.remove_prefix(digits.size());
  if (name.empty()) return true;
  if (name.front() != '_' || name.size() == 1) return false;
  out.property = name.substr(1);
  return true;
}

std::string CleanSensorName(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    out += (c >= 'a' && c <= 'z') || IsDigit(c) || c == ':' || c == '_' ? c : '_';
  }
  const auto first = out.find_first_not_of('_');
  if (first == std::string::npos) return {};
  return out.substr(first, out.find_last_not_of('_') - first + 1);
}

SensorMetric MetricOfSensor(std::string_view type, std::string_view property, bool has_plain) {
  if (type == "beep_enable") return {"node_hwmon_beep_enabled"};
  if (type == "vrm") return {"node_hwmon_voltage_regulator_version"};
  if (type == "update_interval") return {"node_hwmon_update_interval_seconds", 1e3};
  if (property == "label") return {""};
  std::string name = "node_hwmon_" + std::string(type);
  if (type == "freq") {
    return property == "input" ? SensorMetric{name + "_freq_mhz", 1e6} : SensorMetric{""};
  }
  if (property == "input") {
    if (has_plain) name += "_input";
  } else if (!property.empty()) {
    name += "_" + CleanSensorName(property);
  }
  if (property == "fault" || property == "alarm") return {name};
  if (property == "beep") return {name + "_enabled"};
  if (type == "in" || type == "cpu") return {name + "_volts", 1e3};
  if (type == "temp" && property != "type") return {name + "_celsius", 1e3};
  if (type == "curr") return {name + "_amps", 1e3};
  if (type == "energy") return {name + "_joule_total", 1e6, MetricType::kCounter};
  if (type == "humidity") return {name, 1e6};
  if (type == "power") {
    if (property == "accuracy") return {name, 1e6};
    if (property.starts_with("average_interval")) return {name + "_seconds", 1e3};
    return {name + "_watt", 1e6};
  }
  if (type == "fan" &&
      (property == "input" || property == "min" || property == "max" || property == "target")) {
    return {name + "_rpm"};
  }
  return {name};
}

HwmonCollector::HwmonCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root),
      chips_(options.String("chip_include"), options.String("chip_exclude")),
      sensors_(options.String("sensor_include"), options.String("sensor_exclude")) {}

// The numbers of hwmon0, hwmon1, … depend on the order in which drivers were loaded. Where the
// device hangs does not: "platform_coretemp_0".
std::string HwmonCollector::ChipName(const std::string& folder) const {
  const std::string device = RealPath(root_.Path(Tree::kSys, folder + "/device"));
  std::string_view path = device;
  const std::string name = CleanSensorName(TakeLast(path));
  const std::string bus = CleanSensorName(TakeLast(path));
  if (!name.empty()) return bus.empty() ? name : bus + "_" + name;
  std::string own = CleanSensorName(root_.ReadWord(Tree::kSys, folder + "/name"));
  if (!own.empty()) return own;
  const std::string real = RealPath(root_.Path(Tree::kSys, folder));
  path = real;
  return CleanSensorName(TakeLast(path));
}

void HwmonCollector::ScanChip(const std::string& folder) {
  const std::string chip = ChipName(folder);
  if (chip.empty() || !chips_.Takes(chip)) return;
  const std::string name = CleanSensorName(root_.ReadWord(Tree::kSys, folder + "/name"));
  if (!name.empty()) labels_.push_back({chip, "", name});

  // By sensor ("temp1") and property; where both folders have a file, the device's.
  struct Sensor {
    std::string type;
    std::map<std::string, std::string> files = {};
  };
  std::map<std::string, Sensor> found;
  for (const std::string& place : {folder, folder + "/device"}) {
    const auto names = root_.List(Tree::kSys, place);
    if (!names) continue;
    for (const std::string& file : *names) {
      SensorFile parsed;
      if (!ParseSensorFile(file, parsed)) continue;
      const std::string sensor = std::string(parsed.type) + std::to_string(parsed.number);
      std::string full = chip;
      if (!sensors_.Takes(full.append(";").append(sensor))) continue;
      Sensor& entry = found.try_emplace(sensor, Sensor{std::string(parsed.type)}).first->second;
      entry.files[std::string(parsed.property)] = std::string(place).append("/").append(file);
    }
  }
  for (const auto& [sensor, entry] : found) {
    std::string label;
    if (const auto it = entry.files.find("label"); it != entry.files.end()) {
      label = root_.ReadWord(Tree::kSys, it->second);
      if (!label.empty()) labels_.push_back({chip, sensor, label});
    }
    for (const auto& [property, file] : entry.files) {
      const SensorMetric what = MetricOfSensor(entry.type, property, entry.files.contains(""));
      if (what.name.empty()) continue;
      // node_exporter has frequencies by their label, and only those that have one.
      const std::string shown = entry.type == "freq" ? CleanSensorName(label) : sensor;
      if (shown.empty()) continue;
      const Metric& metric = metrics_.Add(
          what.name, {what.name, "Reading of a hardware sensor.", what.type, "chip,sensor"});
      readings_.AddNumber(root_.File(Tree::kSys, file), metric, what.divisor, {chip, shown});
    }
  }
}

void HwmonCollector::Scan() {
  readings_.Clear();
  labels_.clear();
  const auto chips = root_.List(Tree::kSys, kFolder);
  if (!chips) return;
  for (const std::string& chip : *chips) ScanChip(std::string(kFolder) + "/" + chip);
}

Result<void> HwmonCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (readings_.empty() && labels_.empty()) return Fail(ErrorCode::kNotSupported, "no sensors");
  for (const Label& label : labels_) {
    if (label.sensor.empty()) {
      out.Set(kChipNames, {label.chip, label.text}, 1);
    } else {
      out.Set(kSensorLabel, {label.chip, label.text, label.sensor}, 1);
    }
  }
  readings_.Report(out);
  return {};
}

}  // namespace ecsward
