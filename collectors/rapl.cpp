#include "collectors/rapl.h"

#include <map>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kJoules{"node_rapl_joules_total", "Energy used by a RAPL zone.",
                         MetricType::kCounter, "index,path,rapl_zone"};

constexpr std::string_view kFolder = "class/powercap";

std::string MetricName(std::string_view zone) {
  std::string out = "node_rapl_";
  for (const char c : zone) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    out += fits ? c : '_';
  }
  return out + "_joules_total";
}

}  // namespace

RaplZone ParseRaplName(std::string_view name) {
  const auto dash = name.find('-');
  std::uint64_t index = 0;
  if (dash != std::string_view::npos && name.size() - dash <= 6 &&
      ParseUint(name.substr(dash + 1), index)) {
    return {std::string(name.substr(0, dash)), static_cast<int>(index)};
  }
  return {std::string(name), -1};
}

RaplCollector::RaplCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root), zone_label_(options.Bool("enable_zone_label")) {}

void RaplCollector::Scan() {
  readings_.Clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;
  std::map<std::string, int> next;  // number of the next zone of a name that has none of its own
  for (const std::string& entry : *names) {
    const std::string folder = std::string(kFolder) + "/" + entry;
    const std::string name = root_.ReadWord(Tree::kSys, folder + "/name");
    if (name.empty()) continue;
    RaplZone zone = ParseRaplName(name);
    if (zone.index < 0) zone.index = next[zone.name];
    next[zone.name] = zone.index + 1;
    HostFile file = root_.File(Tree::kSys, folder + "/energy_uj");
    const std::string path = root_.Path(Tree::kSys, folder);
    const std::string index = std::to_string(zone.index);
    if (zone_label_) {
      readings_.AddNumber(std::move(file), kJoules, 1e6, {index, path, zone.name});
    } else {
      const std::string metric = MetricName(zone.name);
      readings_.AddNumber(std::move(file),
                          metrics_.Add(metric, {metric, "Energy used by a RAPL zone.",
                                                MetricType::kCounter, "index,path"}),
                          1e6, {index, path});
    }
  }
}

Result<void> RaplCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (readings_.empty()) return Fail(ErrorCode::kNotSupported, "no RAPL zone");
  readings_.Report(out);
  return {};
}

}  // namespace ecsward
