#include "collectors/thermal_zone.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kTemperature{"node_thermal_zone_temp", "Temperature of the zone in Celsius.",
                              MetricType::kGauge, "zone,type"};
constexpr Metric kCurrentState{"node_cooling_device_cur_state",
                               "How hard the device cools: 0 is not at all.", MetricType::kGauge,
                               "name,type"};
constexpr Metric kMaxState{"node_cooling_device_max_state", "How hard the device can cool.",
                           MetricType::kGauge, "name,type"};

constexpr double kMillidegreesPerDegree = 1000;

// "thermal_zone3", "thermal_zone" → "3"; empty when `name` is not of that kind.
std::string NumberAfter(std::string_view name, std::string_view kind) {
  std::uint64_t number = 0;
  if (!name.starts_with(kind)) return {};
  name.remove_prefix(kind.size());
  return ParseUint(name, number) ? std::string(name) : std::string();
}

}  // namespace

Result<void> ThermalZoneCollector::Scan() {
  zones_.clear();
  cooling_devices_.clear();
  const std::string folder = "class/thermal";
  auto names = root_.List(Tree::kSys, folder);
  if (!names) return NotOffered(std::move(names).error());
  for (const std::string& name : *names) {
    const std::string path = std::string(folder).append("/").append(name).append("/");
    if (std::string number = NumberAfter(name, "thermal_zone"); !number.empty()) {
      zones_.push_back({std::move(number), root_.ReadWord(Tree::kSys, path + "type"),
                        root_.File(Tree::kSys, path + "mode"),
                        root_.File(Tree::kSys, path + "temp"),
                        root_.Exists(Tree::kSys, path + "mode")});
    } else if (number = NumberAfter(name, "cooling_device"); !number.empty()) {
      cooling_devices_.push_back({std::move(number), root_.ReadWord(Tree::kSys, path + "type"),
                                  root_.File(Tree::kSys, path + "cur_state"),
                                  root_.File(Tree::kSys, path + "max_state")});
    }
  }
  if (zones_.empty() && cooling_devices_.empty()) {
    return Fail(ErrorCode::kNotSupported, "no thermal zones");
  }
  return {};
}

Result<bool> ThermalZoneCollector::ReadInt(HostFile& file, double& value) {
  std::string_view text;
  if (file.TryRead(buffer_, text) != 0) {
    rescan_.Hurry();
    return false;
  }
  std::int64_t number = 0;  // below zero in winter; -1 is a state of its own for some devices
  if (!ParseInt(Trim(text), number)) {
    return Fail(ErrorCode::kParse, "want a number").Context(file.path());
  }
  value = static_cast<double>(number);
  return true;
}

Result<void> ThermalZoneCollector::CollectZone(Zone& zone, Recorder& out) {
  std::string_view mode;
  if (zone.has_mode && zone.mode.TryRead(buffer_, mode) == 0 && Trim(mode) == "disabled") return {};
  double millidegrees = 0;
  auto known = ReadInt(zone.temp, millidegrees);
  if (!known) return std::move(known).error();
  if (*known) {
    out.Set(kTemperature, {zone.number, zone.type}, millidegrees / kMillidegreesPerDegree);
  }
  return {};
}

Result<void> ThermalZoneCollector::CollectCoolingDevice(CoolingDevice& device, Recorder& out) {
  double current = 0, most = 0;
  auto known = ReadInt(device.cur_state, current);
  if (known && *known) known = ReadInt(device.max_state, most);
  if (!known) return std::move(known).error();
  if (*known) {
    out.Set(kCurrentState, {device.number, device.type}, current);
    out.Set(kMaxState, {device.number, device.type}, most);
  }
  return {};
}

Result<void> ThermalZoneCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) scanned_ = Scan();
  if (!scanned_) return scanned_;
  Result<void> result;  // one device's trouble does not hide the others
  for (Zone& zone : zones_) {
    auto ok = CollectZone(zone, out);
    if (!ok && result) result = std::move(ok);
  }
  for (CoolingDevice& device : cooling_devices_) {
    auto ok = CollectCoolingDevice(device, out);
    if (!ok && result) result = std::move(ok);
  }
  return result;
}

}  // namespace ecsward
