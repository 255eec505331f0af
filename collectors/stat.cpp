#include "collectors/stat.h"

#include <string>
#include <utility>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInterrupts{"node_intr_total", "Interrupts serviced since boot.",
                             MetricType::kCounter};
constexpr Metric kContextSwitches{"node_context_switches_total", "Context switches since boot.",
                                  MetricType::kCounter};
constexpr Metric kForks{"node_forks_total", "Processes and threads started since boot.",
                        MetricType::kCounter};
constexpr Metric kBootTime{"node_boot_time_seconds", "When the host booted, in Unix seconds.",
                           MetricType::kGauge};
constexpr Metric kRunning{"node_procs_running", "Tasks that run or wait for a CPU.",
                          MetricType::kGauge};
constexpr Metric kBlocked{"node_procs_blocked", "Tasks that wait for input or output.",
                          MetricType::kGauge};
constexpr Metric kSoftirqs{"node_softirqs_total", "Softirqs handled since boot, by vector.",
                           MetricType::kCounter, "vector"};

// In the order of the columns (include/linux/interrupt.h); block_iopoll is irq_poll today.
constexpr std::string_view kVectors[] = {"hi",           "timer",   "net_tx", "net_rx",  "block",
                                         "block_iopoll", "tasklet", "sched",  "hrtimer", "rcu"};

}  // namespace

Result<KernelStat> ParseKernelStat(std::string_view text) {
  KernelStat stat;
  const std::pair<std::string_view, std::optional<double>*> numbers[] = {
      {"intr", &stat.interrupts},
      {"ctxt", &stat.context_switches},
      {"btime", &stat.boot_time},
      {"processes", &stat.forks},
      {"procs_running", &stat.procs_running},
      {"procs_blocked", &stat.procs_blocked}};
  std::string_view line, name;
  while (NextLine(text, line)) {
    if (line.starts_with("cpu") || !NextField(line, name)) continue;
    for (const auto& [known, where] : numbers) {
      if (known != name) continue;
      double value = 0;
      if (!NextNumber(line, value)) {
        return Fail(ErrorCode::kParse, "want a number behind \"" + std::string(name) + "\"");
      }
      *where = value;
    }
    if (name == "softirq") {
      double value = 0;
      NextNumber(line, value);  // the sum
      while (stat.softirq_count < stat.softirqs.size() && NextNumber(line, value)) {
        stat.softirqs[stat.softirq_count++] = value;
      }
    }
  }
  return stat;
}

Result<void> StatCollector::Collect(const Tick& tick, Recorder& out) {
  auto text = proc_stat_.Read(tick);
  if (!text) return std::move(text).error();
  auto stat = ParseKernelStat(*text);
  if (!stat) return std::move(stat).error().Context(proc_stat_.path());
  const auto set = [&out](const Metric& metric, std::optional<double> value) {
    if (value) out.Set(metric, *value);
  };
  set(kInterrupts, stat->interrupts);
  set(kContextSwitches, stat->context_switches);
  set(kForks, stat->forks);
  set(kBootTime, stat->boot_time);
  set(kRunning, stat->procs_running);
  set(kBlocked, stat->procs_blocked);
  if (!softirq_) return {};
  for (std::size_t i = 0; i < stat->softirq_count; ++i) {
    out.Set(kSoftirqs, {kVectors[i]}, stat->softirqs[i]);
  }
  return {};
}

}  // namespace ecsward
