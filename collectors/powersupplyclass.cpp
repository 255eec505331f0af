#include "collectors/powersupplyclass.h"

namespace ecsward {
namespace {

struct Attribute {
  std::string_view file;
  std::string_view metric;  // behind node_power_supply_
  double divisor;
};
constexpr Attribute kNumbers[] = {
    {"authentic", "authentic", 1},
    {"calibrate", "calibrate", 1},
    {"capacity", "capacity", 1},
    {"capacity_alert_max", "capacity_alert_max", 1},
    {"capacity_alert_min", "capacity_alert_min", 1},
    {"cycle_count", "cyclecount", 1},
    {"online", "online", 1},
    {"present", "present", 1},
    {"time_to_empty_now", "time_to_empty_seconds", 1},
    {"time_to_full_now", "time_to_full_seconds", 1},
    {"current_boot", "current_boot", 1e6},
    {"current_max", "current_max", 1e6},
    {"current_now", "current_ampere", 1e6},
    {"energy_empty", "energy_empty", 1e6},
    {"energy_empty_design", "energy_empty_design", 1e6},
    {"energy_full", "energy_full", 1e6},
    {"energy_full_design", "energy_full_design", 1e6},
    {"energy_now", "energy_watthour", 1e6},
    {"voltage_boot", "voltage_boot", 1e6},
    {"voltage_max", "voltage_max", 1e6},
    {"voltage_max_design", "voltage_max_design", 1e6},
    {"voltage_min", "voltage_min", 1e6},
    {"voltage_min_design", "voltage_min_design", 1e6},
    {"voltage_now", "voltage_volt", 1e6},
    {"voltage_ocv", "voltage_ocv", 1e6},
    {"charge_control_limit", "charge_control_limit", 1e6},
    {"charge_control_limit_max", "charge_control_limit_max", 1e6},
    {"charge_counter", "charge_counter", 1e6},
    {"charge_empty", "charge_empty", 1e6},
    {"charge_empty_design", "charge_empty_design", 1e6},
    {"charge_full", "charge_full", 1e6},
    {"charge_full_design", "charge_full_design", 1e6},
    {"charge_now", "charge_ampere", 1e6},
    {"charge_term_current", "charge_term_current", 1e6},
    {"constant_charge_current", "constant_charge_current", 1e6},
    {"constant_charge_current_max", "constant_charge_current_max", 1e6},
    {"constant_charge_voltage", "constant_charge_voltage", 1e6},
    {"constant_charge_voltage_max", "constant_charge_voltage_max", 1e6},
    {"precharge_current", "precharge_current", 1e6},
    {"input_current_limit", "input_current_limit", 1e6},
    {"power_now", "power_watt", 1e6},
    {"temp", "temp_celsius", 10},
    {"temp_alert_max", "temp_alert_max_celsius", 10},
    {"temp_alert_min", "temp_alert_min_celsius", 10},
    {"temp_ambient", "temp_ambient_celsius", 10},
    {"temp_ambient_max", "temp_ambient_max_celsius", 10},
    {"temp_ambient_min", "temp_ambient_min_celsius", 10},
    {"temp_max", "temp_max_celsius", 10},
    {"temp_min", "temp_min_celsius", 10},
};
constexpr std::string_view kWords[] = {
    "capacity_level", "charge_type", "health", "manufacturer", "model_name", "serial_number",
    "status",         "technology",  "type",   "usb_type",     "scope",
};

constexpr std::string_view kFolder = "class/power_supply";

}  // namespace

PowerCollector::PowerCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root), filter_("", options.String("ignored_supplies")) {}

void PowerCollector::Scan() {
  readings_.Clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!filter_.Takes(name)) continue;
    const auto path = [&](std::string_view file) {
      return std::string(kFolder).append("/").append(name).append("/").append(file);
    };
    for (const Attribute& a : kNumbers) {
      if (!root_.Exists(Tree::kSys, path(a.file))) continue;
      const std::string metric = "node_power_supply_" + std::string(a.metric);
      readings_.AddNumber(root_.File(Tree::kSys, path(a.file)),
                          metrics_.Add(metric, {metric, "Attribute of a power supply.",
                                                MetricType::kGauge, "power_supply"}),
                          a.divisor, {name});
    }
    // Only the words that the supply has become labels.
    std::string labels = "power_supply";
    std::vector<HostFile> files;
    for (const std::string_view word : kWords) {
      if (root_.ReadWord(Tree::kSys, path(word)).empty()) continue;
      labels.append(",").append(word);
      files.push_back(root_.File(Tree::kSys, path(word)));
    }
    readings_.AddInfo(
        metrics_.Add("info{" + labels,
                     {"node_power_supply_info", "What a power supply says of itself; always 1.",
                      MetricType::kGauge, labels}),
        {name}, std::move(files));
  }
}

Result<void> PowerCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (readings_.empty()) return Fail(ErrorCode::kNotSupported, "no power supply");
  readings_.Report(out);
  return {};
}

}  // namespace ecsward
