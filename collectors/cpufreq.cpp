#include "collectors/cpufreq.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

struct Field {
  std::string_view file;
  Metric metric;
};

constexpr Field kFields[] = {
    // Root only: the frequency that the hardware reports.
    {"cpuinfo_cur_freq",
     {"node_cpu_frequency_hertz", "Frequency the CPU runs at, by its hardware.", MetricType::kGauge,
      "cpu"}},
    {"cpuinfo_min_freq",
     {"node_cpu_frequency_min_hertz", "Lowest frequency of the CPU.", MetricType::kGauge, "cpu"}},
    {"cpuinfo_max_freq",
     {"node_cpu_frequency_max_hertz", "Highest frequency of the CPU.", MetricType::kGauge, "cpu"}},
    {"scaling_cur_freq",
     {"node_cpu_scaling_frequency_hertz", "Frequency the CPU runs at, by its scaling driver.",
      MetricType::kGauge, "cpu"}},
    {"scaling_min_freq",
     {"node_cpu_scaling_frequency_min_hertz", "Lowest frequency that the scaling policy allows.",
      MetricType::kGauge, "cpu"}},
    {"scaling_max_freq",
     {"node_cpu_scaling_frequency_max_hertz", "Highest frequency that the scaling policy allows.",
      MetricType::kGauge, "cpu"}},
};

constexpr Metric kGovernor{"node_cpu_scaling_governor",
                           "1 for the governor in charge of the CPU's frequency, 0 for the others.",
                           MetricType::kGauge, "cpu,governor"};

constexpr double kHertzPerKilohertz = 1000;

}  // namespace

bool CpufreqCollector::IsReadable(HostFile& file) {
  std::string_view text;
  return file.TryRead(buffer_, text) == 0 && Trim(text) != "<unknown>";
}

Result<void> CpufreqCollector::Scan() {
  cpus_.clear();
  const std::string folder = "devices/system/cpu";
  auto names = root_.List(Tree::kSys, folder);
  if (!names) return NotOffered(std::move(names).error());
  for (const std::string& name : *names) {
    std::uint64_t number = 0;
    if (!name.starts_with("cpu") || !ParseUint(name.substr(3), number)) continue;
    const std::string path = std::string(folder).append("/").append(name).append("/cpufreq/");
    if (!root_.Exists(Tree::kSys, path)) continue;
    Cpu cpu;
    cpu.number = name.substr(3);
    for (const Field& field : kFields) {
      HostFile file = root_.File(Tree::kSys, path + std::string(field.file));
      if (IsReadable(file)) cpu.frequencies.push_back({&field.metric, std::move(file)});
    }
    cpu.governor = root_.File(Tree::kSys, path + "scaling_governor");
    const std::string governors = root_.ReadWord(Tree::kSys, path + "scaling_available_governors");
    std::string_view rest = governors, governor;
    while (NextField(rest, governor)) cpu.governors.emplace_back(governor);
    if (!cpu.frequencies.empty() || !cpu.governors.empty()) cpus_.push_back(std::move(cpu));
  }
  if (cpus_.empty()) return Fail(ErrorCode::kNotSupported, "no CPU scales its frequency");
  return {};
}

Result<void> CpufreqCollector::CollectCpu(Cpu& cpu, Recorder& out) {
  std::string_view text;
  for (Frequency& frequency : cpu.frequencies) {
    if (frequency.file.TryRead(buffer_, text) != 0) {
      rescan_.Hurry();  // taken offline
      continue;
    }
    double kilohertz = 0;
    if (!ParseNumber(Trim(text), kilohertz)) {
      return Fail(ErrorCode::kParse, "want a number").Context(frequency.file.path());
    }
    out.Set(*frequency.metric, {cpu.number}, kilohertz * kHertzPerKilohertz);
  }
  if (cpu.governors.empty() || cpu.governor.TryRead(buffer_, text) != 0) return {};
  const std::string_view current = Trim(text);
  for (const std::string& governor : cpu.governors) {
    out.Set(kGovernor, {cpu.number, governor}, governor == current ? 1 : 0);
  }
  return {};
}

Result<void> CpufreqCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) scanned_ = Scan();
  if (!scanned_) return scanned_;
  Result<void> result;  // one CPU's trouble does not hide the others
  for (Cpu& cpu : cpus_) {
    auto ok = CollectCpu(cpu, out);
    if (!ok && result) result = std::move(ok);
  }
  return result;
}

}  // namespace ecsward
