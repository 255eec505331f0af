#include "collectors/cpu_vulnerabilities.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInfo{
    "node_cpu_vulnerabilities_info",
    "A vulnerability of the CPU, its state, and what is done about it; always 1.",
    MetricType::kGauge, "codename,state,mitigation"};

struct State {
  std::string_view in_file, label;
};
constexpr State kStates[] = {{"Not affected", "not affected"},
                             {"Vulnerable", "vulnerable"},
                             {"Mitigation", "mitigation"},
                             {"Unknown", "unknown"}};

}  // namespace

Result<Vulnerability> ParseVulnerability(std::string_view text) {
  std::string_view line;
  NextLine(text, line);
  line = Trim(line);
  if (line.empty()) return Fail(ErrorCode::kParse, "empty");
  constexpr std::string_view kKvm = "KVM: ";  // itlb_multihit: of the host that runs guests
  if (line.starts_with(kKvm)) line.remove_prefix(kKvm.size());
  for (const State& state : kStates) {
    if (!line.starts_with(state.in_file)) continue;
    std::string_view rest = line.substr(state.in_file.size());
    if (!rest.empty() && rest.front() != ':' && rest.front() != ',') continue;
    if (!rest.empty()) rest.remove_prefix(1);
    return Vulnerability{state.label, Trim(rest)};
  }
  return Vulnerability{"unknown", line};
}

Result<void> CpuVulnerabilitiesCollector::Scan() {
  entries_.clear();
  const std::string folder = "devices/system/cpu/vulnerabilities";
  auto names = root_.List(Tree::kSys, folder);
  if (!names) return NotOffered(std::move(names).error());
  for (std::string& name : *names) {
    HostFile file = root_.File(Tree::kSys, std::string(folder).append("/").append(name));
    entries_.push_back({std::move(name), std::move(file)});
  }
  return {};
}

Result<void> CpuVulnerabilitiesCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) scanned_ = Scan();
  if (!scanned_) return scanned_;
  Result<void> result;  // one file's trouble does not hide the others
  for (Entry& entry : entries_) {
    auto text = entry.file.Read(buffer_);
    if (!text) {
      if (result) result = std::move(text).error();
      continue;
    }
    auto found = ParseVulnerability(*text);
    if (!found) {
      if (result) result = std::move(found).error().Context(entry.file.path());
      continue;
    }
    out.Set(kInfo, {entry.codename, found->state, found->mitigation}, 1);
  }
  return result;
}

}  // namespace ecsward
