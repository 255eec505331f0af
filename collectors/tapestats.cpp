#include "collectors/tapestats.h"

namespace ecsward {
namespace {

struct Row {
  std::string_view file;  // below stats/
  double divisor;
  Metric metric;
};
constexpr Row Counter(std::string_view file, double divisor, std::string_view name,
                      std::string_view help) {
  return {file, divisor, {name, help, MetricType::kCounter, "device"}};
}

constexpr double kNanoseconds = 1e9;
constexpr Row kRows[] = {
    {"in_flight",
     1,
     {"node_tape_io_now", "Requests that the drive has not finished.", MetricType::kGauge,
      "device"}},
    Counter("io_ns", kNanoseconds, "node_tape_io_time_seconds_total",
            "Time spent waiting for requests of any kind, winding the tape among them."),
    Counter("other_cnt", 1, "node_tape_io_others_total",
            "Requests that were neither reads nor writes."),
    Counter("read_byte_cnt", 1, "node_tape_read_bytes_total", "Bytes read from the tape."),
    Counter("read_cnt", 1, "node_tape_reads_completed_total", "Reads."),
    Counter("read_ns", kNanoseconds, "node_tape_read_time_seconds_total",
            "Time spent waiting for reads."),
    Counter("resid_cnt", 1, "node_tape_residual_total",
            "Reads and writes that moved less than they were asked to."),
    Counter("write_byte_cnt", 1, "node_tape_written_bytes_total", "Bytes written to the tape."),
    Counter("write_cnt", 1, "node_tape_writes_completed_total", "Writes."),
    Counter("write_ns", kNanoseconds, "node_tape_write_time_seconds_total",
            "Time spent waiting for writes."),
};

constexpr std::string_view kFolder = "class/scsi_tape";

// st0, st12: the name of the drive itself.
bool IsDrive(std::string_view name) {
  return name.starts_with("st") && name.size() > 2 &&
         name.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

}  // namespace

TapestatsCollector::TapestatsCollector(const CollectorEnv& env, const CollectorOptions& options)
    : root_(env.root), filter_("", options.String("ignored_devices")) {}

void TapestatsCollector::Scan() {
  readings_.Clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;
  for (const std::string& name : *names) {
    if (!IsDrive(name) || !filter_.Takes(name)) continue;
    const std::string stats = std::string(kFolder).append("/").append(name).append("/stats/");
    for (const Row& row : kRows) {
      readings_.AddNumber(root_.File(Tree::kSys, stats + std::string(row.file)), row.metric,
                          row.divisor, {name});
    }
  }
}

Result<void> TapestatsCollector::Collect(const Tick& tick, Recorder& out) {
  if (readings_.ScanIsDue(tick)) Scan();
  if (readings_.empty()) return Fail(ErrorCode::kNotSupported, "no tape drive");
  readings_.Report(out);
  return {};
}

}  // namespace ecsward
