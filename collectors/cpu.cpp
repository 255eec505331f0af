#include "collectors/cpu.h"

#include <unistd.h>

#include <algorithm>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kCpuSeconds{"node_cpu_seconds_total", "Seconds the CPUs spent in each mode.",
                             MetricType::kCounter, "cpu,mode"};
constexpr Metric kGuestSeconds{"node_cpu_guest_seconds_total",
                               "Seconds the CPUs spent running virtual CPUs, by mode.",
                               MetricType::kCounter, "cpu,mode"};
constexpr Metric kUtilization{"ecsward_cpu_utilization_ratio",
                              "Part of all CPU time that was not idle, over the last seconds.",
                              MetricType::kGauge, "window,stat"};

constexpr std::string_view kModeNames[] = {"user", "nice",    "system", "idle", "iowait",
                                           "irq",  "softirq", "steal",  "user", "nice"};

// A CPU's idle counter that falls this far means that the CPU was taken away and came back; a
// smaller step is the kernel's estimate wavering.
constexpr double kHotplugSeconds = 3;

bool ParseTimes(std::string_view line, double ticks_per_second, CpuTimes& out) {
  out.seconds.fill(0);
  std::size_t columns = 0;
  std::string_view field;
  while (columns < kCpuModes && NextField(line, field)) {
    double ticks = 0;
    if (!ParseNumber(field, ticks)) return false;
    out.seconds[columns++] = ticks / ticks_per_second;
  }
  return columns > kIdle;
}

double Idle(const CpuTimes& t) { return t.seconds[kIdle] + t.seconds[kIowait]; }

}  // namespace

Result<void> ParseCpuStat(std::string_view text, double ticks_per_second, CpuStat& out) {
  out.cpus.clear();
  std::string_view line, name;
  for (int number = 1; NextLine(text, line); ++number) {
    if (!line.starts_with("cpu")) break;  // cpu lines come first
    const auto want = [number](const char* what) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want " + what);
    };
    NextField(line, name);
    CpuTimes times;
    times.cpu = name.substr(3);
    if (!times.cpu.empty()) {
      std::uint64_t cpu = 0;
      if (!ParseUint(times.cpu, cpu) || cpu >= kMaxCpus) {
        return want("a CPU's number behind \"cpu\"");
      }
      times.number = static_cast<unsigned>(cpu);
    }
    if (!ParseTimes(line, ticks_per_second, times)) {
      return want("at least four numbers");
    }
    if (times.cpu.empty()) {
      out.all = times;
    } else {
      out.cpus.push_back(times);
    }
  }
  if (out.cpus.empty()) return Fail(ErrorCode::kParse, "no line of a CPU");
  return {};
}

std::optional<double> CpuUtilization(const CpuTimes& before, const CpuTimes& now) {
  const double idle = Idle(now) - Idle(before);
  double total = 0;
  for (std::size_t mode = kUser; mode <= kSteal; ++mode) {
    total += std::max(0.0, now.seconds[mode] - before.seconds[mode]);
  }
  if (total <= 0 || idle < 0) return std::nullopt;
  return std::clamp(1 - idle / total, 0.0, 1.0);
}

CpuCollector::CpuCollector(const CollectorEnv& env, const CollectorOptions& options)
    : proc_stat_(env.shared.proc_stat),
      ticks_per_second_(static_cast<double>(::sysconf(_SC_CLK_TCK))),
      guest_(options.Bool("guest")),
      topology_(env.root) {
  const auto flags = options.String("info_flags_include");
  const auto bugs = options.String("info_bugs_include");
  if (options.Bool("info") || !flags.empty() || !bugs.empty()) info_.emplace(env.root, flags, bugs);
}

Result<void> CpuCollector::Collect(const Tick& tick, Recorder& out) {
  auto text = proc_stat_.Read(tick);
  if (!text) return std::move(text).error();
  if (auto ok = ParseCpuStat(*text, ticks_per_second_, stat_); !ok) {
    return std::move(ok).error().Context(proc_stat_.path());
  }
  EmitTimes(out);

  if (has_before_) {
    if (const auto ratio = CpuUtilization(before_, stat_.all)) utilization_.Add(tick.mono, *ratio);
  }
  before_ = stat_.all;
  has_before_ = true;
  utilization_.Emit(kUtilization, tick.mono, out);

  const bool changed = CpusChanged();
  topology_.Emit(tick, changed, out);
  if (info_) return info_->Emit(tick, changed, out);
  return {};
}

void CpuCollector::EmitTimes(Recorder& out) {
  for (const CpuTimes& cpu : stat_.cpus) {
    if (cpu.number >= shown_.size()) shown_.resize(cpu.number + 1);
    auto& shown = shown_[cpu.number];
    if (shown[kIdle] - cpu.seconds[kIdle] >= kHotplugSeconds) shown.fill(0);
    for (std::size_t mode = 0; mode < kCpuModes; ++mode) {
      shown[mode] = std::max(shown[mode], cpu.seconds[mode]);  // a counter must not waver
    }
    for (std::size_t mode = kUser; mode <= kSteal; ++mode) {
      out.Set(kCpuSeconds, {cpu.cpu, kModeNames[mode]}, shown[mode]);
    }
    if (!guest_) continue;
    for (std::size_t mode = kGuest; mode <= kGuestNice; ++mode) {
      out.Set(kGuestSeconds, {cpu.cpu, kModeNames[mode]}, shown[mode]);
    }
  }
}

bool CpuCollector::CpusChanged() {
  const auto same = [](unsigned number, const CpuTimes& cpu) { return number == cpu.number; };
  if (std::equal(online_.begin(), online_.end(), stat_.cpus.begin(), stat_.cpus.end(), same)) {
    return false;
  }
  online_.clear();
  for (const CpuTimes& cpu : stat_.cpus) online_.push_back(cpu.number);
  return true;
}

}  // namespace ecsward
