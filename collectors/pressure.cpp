#include "collectors/pressure.h"

#include <cerrno>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kCpuSome{"node_pressure_cpu_waiting_seconds_total",
                          "Seconds in which some task waited for a CPU.", MetricType::kCounter};
constexpr Metric kIoSome{"node_pressure_io_waiting_seconds_total",
                         "Seconds in which some task waited for I/O.", MetricType::kCounter};
constexpr Metric kIoFull{"node_pressure_io_stalled_seconds_total",
                         "Seconds in which all tasks with work waited for I/O.",
                         MetricType::kCounter};
constexpr Metric kMemorySome{"node_pressure_memory_waiting_seconds_total",
                             "Seconds in which some task waited for memory.", MetricType::kCounter};
constexpr Metric kMemoryFull{"node_pressure_memory_stalled_seconds_total",
                             "Seconds in which all tasks with work waited for memory.",
                             MetricType::kCounter};
constexpr Metric kIrqFull{"node_pressure_irq_stalled_seconds_total",
                          "Seconds in which interrupts kept all tasks with work from running.",
                          MetricType::kCounter};

struct Resource {
  std::string_view file;
  const Metric* some;  // null: not exported
  const Metric* full;
};
// The cpu file's "full" line is 0 by definition for a whole host.
constexpr Resource kResources[] = {{"pressure/cpu", &kCpuSome, nullptr},
                                   {"pressure/io", &kIoSome, &kIoFull},
                                   {"pressure/memory", &kMemorySome, &kMemoryFull},
                                   {"pressure/irq", nullptr, &kIrqFull}};  // since Linux 6.1

constexpr std::chrono::seconds kRetryEvery{60};

}  // namespace

Result<PressureTotals> ParsePressure(std::string_view text) {
  PressureTotals totals;
  std::string_view line, field;
  while (NextLine(text, line)) {
    if (!NextField(line, field)) continue;
    std::optional<double>* where = field == "some"   ? &totals.some
                                   : field == "full" ? &totals.full
                                                     : nullptr;
    if (where == nullptr) continue;
    constexpr std::string_view kTotal = "total=";
    double microseconds = 0;
    bool found = false;
    while (!found && NextField(line, field)) {
      found = field.starts_with(kTotal) && ParseNumber(field.substr(kTotal.size()), microseconds);
    }
    if (!found) return Fail(ErrorCode::kParse, "want \"total=\" and a number");
    *where = microseconds / 1000 / 1000;
  }
  if (!totals.some && !totals.full) return Fail(ErrorCode::kParse, "no line \"some\" or \"full\"");
  return totals;
}

PressureCollector::PressureCollector(const CollectorEnv& env) : buffer_(env.shared.buffer) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    sources_[i].file = env.root.File(Tree::kProc, kResources[i].file);
  }
}

Result<void> PressureCollector::Collect(const Tick& tick, Recorder& out) {
  bool offered = false;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    if (tick.mono < source.retry_at) continue;
    std::string_view text;
    const int error = source.file.TryRead(buffer_, text);
    if (error == ENOENT || error == EOPNOTSUPP) {
      source.retry_at = tick.mono + kRetryEvery;
      continue;
    }
    if (error != 0) return ErrnoError(error, source.file.path());
    auto totals = ParsePressure(text);
    if (!totals) return std::move(totals).error().Context(source.file.path());
    offered = true;
    const Resource& resource = kResources[i];
    if (resource.some != nullptr && totals->some) out.Set(*resource.some, *totals->some);
    if (resource.full != nullptr && totals->full) out.Set(*resource.full, *totals->full);
  }
  if (!offered) {
    return Fail(ErrorCode::kNotSupported,
                "no /proc/pressure: needs Linux 4.20, and psi=1 where the kernel has it off");
  }
  return {};
}

}  // namespace ecsward
