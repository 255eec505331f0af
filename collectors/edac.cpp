#include "collectors/edac.h"

namespace ecsward {
namespace {

constexpr Metric kCorrectable{"node_edac_correctable_errors_total",
                              "Memory errors that were corrected.", MetricType::kCounter,
                              "controller"};
constexpr Metric kUncorrectable{"node_edac_uncorrectable_errors_total",
                                "Memory errors that could not be corrected.", MetricType::kCounter,
                                "controller"};
constexpr Metric kRowCorrectable{"node_edac_csrow_correctable_errors_total",
                                 "Memory errors that were corrected, by row.", MetricType::kCounter,
                                 "controller,csrow"};
constexpr Metric kRowUncorrectable{"node_edac_csrow_uncorrectable_errors_total",
                                   "Memory errors that could not be corrected, by row.",
                                   MetricType::kCounter, "controller,csrow"};

constexpr std::string_view kFolder = "devices/system/edac/mc";

// "mc0" → "0"; empty for other names.
std::string_view NumberAfter(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix)) return {};
  name.remove_prefix(prefix.size());
  return name.find_first_not_of("0123456789") == std::string_view::npos ? name : "";
}

}  // namespace

void EdacCollector::Scan() {
  readings_.Clear();
  const auto controllers = root_.List(Tree::kSys, kFolder);
  if (!controllers) return;
  for (const std::string& name : *controllers) {
    const std::string_view controller = NumberAfter("mc", name);
    if (controller.empty()) continue;
    const std::string folder = std::string(kFolder) + "/" + name + "/";
    const auto add = [&](const std::string& file, const Metric& metric, auto... row) {
      readings_.AddNumber(root_.File(Tree::kSys, folder + file), metric, 1, {controller, row...});
    };
    add("ce_count", kCorrectable);
    add("ce_noinfo_count", kRowCorrectable, "unknown");
    add("ue_count", kUncorrectable);
    add("ue_noinfo_count", kRowUncorrectable, "unknown");
    const auto rows = root_.List(Tree::kSys, folder);
    if (!rows) continue;
    for (const std::string& row_name : *rows) {
      const std::string_view row = NumberAfter("csrow", row_name);
      if (row.empty()) continue;
      add(row_name + "/ce_count", kRowCorrectable, row);
      add(row_name + "/ue_count", kRowUncorrectable, row);
    }
  }
}

Result<void> EdacCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (readings_.empty()) {
    return Fail(ErrorCode::kNotSupported, "no memory controller reports errors");
  }
  readings_.Report(out);
  return {};
}

}  // namespace ecsward
