#include "collectors/dmi.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInfo{"node_dmi_info", "What the firmware says of the machine; always 1.",
                       MetricType::kGauge};

struct Field {
  std::string_view label;
  std::string_view file;
};
constexpr Field kFields[] = {
    {"bios_date", "bios_date"},
    {"bios_release", "bios_release"},
    {"bios_vendor", "bios_vendor"},
    {"bios_version", "bios_version"},
    {"board_asset_tag", "board_asset_tag"},
    {"board_name", "board_name"},
    {"board_serial", "board_serial"},
    {"board_vendor", "board_vendor"},
    {"board_version", "board_version"},
    {"chassis_asset_tag", "chassis_asset_tag"},
    {"chassis_serial", "chassis_serial"},
    {"chassis_vendor", "chassis_vendor"},
    {"chassis_version", "chassis_version"},
    {"product_family", "product_family"},
    {"product_name", "product_name"},
    {"product_serial", "product_serial"},
    {"product_sku", "product_sku"},
    {"product_uuid", "product_uuid"},
    {"product_version", "product_version"},
    {"system_vendor", "sys_vendor"},
};

}  // namespace

Result<void> DmiCollector::Collect(const Tick&, Recorder& out) {
  std::string labels;
  std::vector<std::string> values;
  for (const Field& field : kFields) {
    const auto text = root_.ReadFile(Tree::kSys, "class/dmi/id/" + std::string(field.file));
    if (!text) continue;
    labels.append(labels.empty() ? "" : ",").append(field.label);
    values.emplace_back(Trim(*text));
  }
  if (values.empty()) return Fail(ErrorCode::kNotSupported, "no DMI information");
  Metric metric = kInfo;
  metric.labels = labels;
  const std::vector<std::string_view> views(values.begin(), values.end());
  out.Set(metrics_.Add(labels, metric), views, 1);
  return {};
}

}  // namespace ecsward
