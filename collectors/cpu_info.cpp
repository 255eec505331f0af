#include "collectors/cpu_info.h"

#include <algorithm>
#include <utility>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInfo{
    "node_cpu_info", "What kind of CPU it is, from /proc/cpuinfo; always 1.", MetricType::kGauge,
    "package,core,cpu,vendor,family,model,model_name,microcode,stepping,cachesize"};
constexpr Metric kFlag{"node_cpu_flag_info", "Flags of the first CPU; always 1.",
                       MetricType::kGauge, "flag"};
constexpr Metric kBug{"node_cpu_bug_info", "Known bugs of the first CPU; always 1.",
                      MetricType::kGauge, "bug"};

constexpr std::chrono::seconds kReadEvery{60};

std::string* FieldOf(CpuInfo& cpu, std::string_view key) {
  const std::pair<std::string_view, std::string*> fields[] = {
      {"vendor_id", &cpu.vendor},      {"cpu family", &cpu.family},   {"model", &cpu.model},
      {"model name", &cpu.model_name}, {"microcode", &cpu.microcode}, {"stepping", &cpu.stepping},
      {"cache size", &cpu.cache_size}, {"physical id", &cpu.package}, {"core id", &cpu.core}};
  for (const auto& [name, field] : fields) {
    if (name == key) return field;
  }
  return nullptr;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  std::string_view word;
  while (NextField(text, word)) words.emplace_back(word);
  return words;
}

// Each once, in order: a repeated flag would be a repeated series.
std::vector<std::string> Matching(std::vector<std::string> names, NameFilter& filter) {
  std::erase_if(names, [&](const std::string& name) { return !filter.Takes(name); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

Result<std::vector<CpuInfo>> ParseCpuInfo(std::string_view text) {
  std::vector<CpuInfo> cpus;
  std::string_view line;
  while (NextLine(text, line)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = Trim(line.substr(0, colon));
    const std::string_view value = Trim(line.substr(colon + 1));
    if (key == "processor") {
      std::uint64_t number = 0;
      if (!ParseUint(value, number)) continue;  // 32-bit arm: "Processor" is a name there
      cpus.emplace_back().cpu = value;
    }
    if (cpus.empty()) continue;
    CpuInfo& cpu = cpus.back();
    if (key == "flags" || key == "Features") {
      if (cpus.size() == 1) cpu.flags = Words(value);
    } else if (key == "bugs") {
      if (cpus.size() == 1) cpu.bugs = Words(value);
    } else if (std::string* field = FieldOf(cpu, key)) {
      *field = value;
    }
  }
  if (cpus.empty()) return Fail(ErrorCode::kParse, "no line \"processor\"");
  return cpus;
}

CpuInfoSource::CpuInfoSource(const HostRoot& root, std::string_view flags, std::string_view bugs)
    : root_(root),
      want_flags_(!flags.empty()),
      want_bugs_(!bugs.empty()),
      flags_(flags, ""),
      bugs_(bugs, "") {}

Result<void> CpuInfoSource::Emit(const Tick& tick, bool changed, Recorder& out) {
  if (changed || tick.mono >= next_read_) {
    next_read_ = tick.mono + kReadEvery;
    auto text = root_.ReadFile(Tree::kProc, "cpuinfo");
    if (!text) return std::move(text).error();
    auto cpus = ParseCpuInfo(*text);
    if (!cpus) return std::move(cpus).error().Context(root_.Path(Tree::kProc, "cpuinfo"));
    cpus_ = std::move(*cpus);
    if (want_flags_) shown_flags_ = Matching(cpus_.front().flags, flags_);
    if (want_bugs_) shown_bugs_ = Matching(cpus_.front().bugs, bugs_);
  }
  for (const CpuInfo& c : cpus_) {
    out.Set(kInfo,
            {c.package, c.core, c.cpu, c.vendor, c.family, c.model, c.model_name, c.microcode,
             c.stepping, c.cache_size},
            1);
  }
  for (const std::string& flag : shown_flags_) out.Set(kFlag, {flag}, 1);
  for (const std::string& bug : shown_bugs_) out.Set(kBug, {bug}, 1);
  return {};
}

}  // namespace ecsward
