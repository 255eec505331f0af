#include "collectors/schedstat.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kRunning{"node_schedstat_running_seconds_total",
                          "Seconds this CPU spent running tasks.", MetricType::kCounter, "cpu"};
constexpr Metric kWaiting{"node_schedstat_waiting_seconds_total",
                          "Seconds that tasks ready to run waited for this CPU, summed over them.",
                          MetricType::kCounter, "cpu"};
constexpr Metric kTimeslices{"node_schedstat_timeslices_total",
                             "Time slices that this CPU gave to tasks.", MetricType::kCounter,
                             "cpu"};

constexpr double kNanosecondsPerSecond = 1e9;

bool ParseCpuLine(std::string_view line, SchedstatCpu& cpu) {
  std::uint64_t number = 0;
  if (!NextField(line, cpu.cpu)) return false;
  cpu.cpu.remove_prefix(3);  // "cpu"
  if (!ParseUint(cpu.cpu, number)) return false;
  double unused = 0;
  for (int i = 0; i < 6; ++i) {
    if (!NextNumber(line, unused)) return false;
  }
  if (!NextNumber(line, cpu.running_seconds) || !NextNumber(line, cpu.waiting_seconds) ||
      !NextNumber(line, cpu.timeslices)) {
    return false;
  }
  cpu.running_seconds /= kNanosecondsPerSecond;
  cpu.waiting_seconds /= kNanosecondsPerSecond;
  return true;
}

}  // namespace

Result<void> ParseSchedstat(std::string_view text, std::vector<SchedstatCpu>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (!line.starts_with("cpu")) continue;
    SchedstatCpu cpu;
    if (!ParseCpuLine(line, cpu)) {
      return LineError(number, "want cpu<N> and nine numbers");
    }
    out.push_back(cpu);
  }
  if (out.empty()) return Fail(ErrorCode::kParse, "no line cpu<N>");
  return {};
}

Result<void> SchedstatCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseSchedstat(*text, cpus_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const SchedstatCpu& c : cpus_) {
    out.Set(kRunning, {c.cpu}, c.running_seconds);
    out.Set(kWaiting, {c.cpu}, c.waiting_seconds);
    out.Set(kTimeslices, {c.cpu}, c.timeslices);
  }
  return {};
}

}  // namespace ecsward
