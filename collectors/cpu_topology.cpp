#include "collectors/cpu_topology.h"

#include <algorithm>
#include <set>
#include <utility>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kCoreThrottles{"node_cpu_core_throttles_total",
                                "How often the core was slowed down because of its temperature.",
                                MetricType::kCounter, "package,core"};
constexpr Metric kPackageThrottles{
    "node_cpu_package_throttles_total",
    "How often the whole CPU package was slowed down because of its temperature.",
    MetricType::kCounter, "package"};
constexpr Metric kIsolated{"node_cpu_isolated",
                           "1 for each CPU that is kept from the scheduler (isolcpus).",
                           MetricType::kGauge, "cpu"};
constexpr Metric kOnline{"node_cpu_online",
                         "Whether the CPU is online, where one can be taken offline.",
                         MetricType::kGauge, "cpu"};

constexpr std::string_view kFolder = "devices/system/cpu";
// Throttling is counted in events a minute at worst, and a big host has a file per core.
constexpr std::chrono::seconds kReadEvery{5};
// A CPU that has just come has its folders a moment later.
constexpr std::chrono::seconds kScanAgain{30};
// Else the folders only change when somebody mounts /sys late.
constexpr std::chrono::seconds kScanSeldom{300};

}  // namespace

Result<std::vector<unsigned>> ParseCpuList(std::string_view text) {
  std::vector<unsigned> cpus;
  text = Trim(text);
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view range = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const auto dash = range.find('-');
    std::uint64_t first = 0, last = 0;
    if (!ParseUint(range.substr(0, dash), first) ||
        !ParseUint(dash == std::string_view::npos ? range : range.substr(dash + 1), last) ||
        last < first || last >= kMaxCpus || cpus.size() >= kMaxCpus) {
      return Fail(ErrorCode::kParse, "want a list such as \"0,2-4\"");
    }
    for (auto cpu = first; cpu <= last; ++cpu) cpus.push_back(static_cast<unsigned>(cpu));
  }
  return cpus;
}

void CpuTopology::Emit(const Tick& tick, bool changed, Recorder& out) {
  if (changed || tick.mono >= next_scan_) {
    Scan();
    next_scan_ = tick.mono + (changed ? kScanAgain : kScanSeldom);
    next_read_ = tick.mono;
  }
  if (tick.mono >= next_read_) {
    ReadThrottles();
    next_read_ = tick.mono + kReadEvery;
  }
  for (const Throttle& t : throttles_) {
    if (!t.known) continue;
    if (t.core.empty()) {
      out.Set(kPackageThrottles, {t.package}, t.count);
    } else {
      out.Set(kCoreThrottles, {t.package, t.core}, t.count);
    }
  }
  for (const std::string& cpu : isolated_) out.Set(kIsolated, {cpu}, 1);
  for (const Online& cpu : online_) out.Set(kOnline, {cpu.cpu}, cpu.online);
}

void CpuTopology::Scan() {
  throttles_.clear();
  isolated_.clear();
  online_.clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;  // no sysfs: /proc/stat has said all there is
  const std::string base = std::string(kFolder) + "/";
  if (const auto list = ParseCpuList(root_.ReadWord(Tree::kSys, base + "isolated"))) {
    for (const unsigned cpu : *list) isolated_.push_back(std::to_string(cpu));
  }
  // Where CPU 0 has no such file the host has no notion of it for the others either (they would
  // look as if they could fail).
  const bool can_go_offline = root_.Exists(Tree::kSys, base + "cpu0/online");
  std::set<std::pair<std::string, std::string>> seen;  // siblings share a core's counter
  for (const std::string& name : *names) {
    std::uint64_t number = 0;
    if (!name.starts_with("cpu") || !ParseUint(std::string_view(name).substr(3), number)) continue;
    const std::string cpu = base + name + "/";
    if (can_go_offline) {
      const bool online = root_.ReadWord(Tree::kSys, cpu + "online") == "1";
      online_.push_back({name.substr(3), online ? 1.0 : 0.0});
    }
    const std::string package = root_.ReadWord(Tree::kSys, cpu + "topology/physical_package_id");
    const std::string core = root_.ReadWord(Tree::kSys, cpu + "topology/core_id");
    std::uint64_t id = 0;
    if (!ParseUint(package, id) || !ParseUint(core, id)) continue;
    const auto add = [&](const std::string& core_label, const char* file) {
      if (seen.contains({package, core_label})) return;
      const std::string path = cpu + "thermal_throttle/" + file;
      if (!root_.Exists(Tree::kSys, path)) return;
      seen.insert({package, core_label});
      throttles_.push_back(
          {.package = package, .core = core_label, .file = root_.File(Tree::kSys, path)});
    };
    add(core, "core_throttle_count");
    add("", "package_throttle_count");
  }
}

void CpuTopology::ReadThrottles() {
  for (Throttle& t : throttles_) {
    std::string_view text;
    t.known = t.file.TryRead(buffer_, text) == 0 && ParseNumber(Trim(text), t.count);
  }
}

}  // namespace ecsward
