#include "collectors/nvme.h"

namespace ecsward {
namespace {

constexpr Metric kInfo{"node_nvme_info", "What an NVMe controller says of itself; always 1.",
                       MetricType::kGauge, "device,firmware_revision,model,serial,state,cntlid"};

constexpr std::string_view kFolder = "class/nvme";
constexpr std::string_view kFiles[] = {"firmware_rev", "model", "serial", "state", "cntlid"};

}  // namespace

void NvmeCollector::Scan() {
  readings_.Clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;
  for (const std::string& name : *names) {
    std::vector<HostFile> files;
    for (const std::string_view file : kFiles) {
      files.push_back(
          root_.File(Tree::kSys, std::string(kFolder) + "/" + name + "/" + std::string(file)));
    }
    readings_.AddInfo(kInfo, {name}, std::move(files));
  }
}

Result<void> NvmeCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (readings_.empty()) return Fail(ErrorCode::kNotSupported, "no NVMe controller");
  readings_.Report(out);
  return {};
}

}  // namespace ecsward
