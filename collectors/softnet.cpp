#include "collectors/softnet.h"

#include <array>
#include <charconv>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric Counter(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kCounter, "cpu"};
}
constexpr Metric kProcessed =
    Counter("node_softnet_processed_total", "Packets that the CPU took from the network.");
constexpr Metric kDropped =
    Counter("node_softnet_dropped_total", "Packets dropped because the CPU's backlog was full.");
constexpr Metric kSqueezed =
    Counter("node_softnet_times_squeezed_total",
            "Times the CPU had to stop with packets left, out of budget or time.");
constexpr Metric kCollision =
    Counter("node_softnet_cpu_collision_total",
            "Times another CPU held the lock of a device that this one wanted to send through.");
constexpr Metric kRps = Counter("node_softnet_received_rps_total",
                                "Times another CPU woke this one to hand it packets.");
constexpr Metric kFlowLimit =
    Counter("node_softnet_flow_limit_count_total", "Packets dropped for their flow's limit.");
constexpr Metric kBacklog{"node_softnet_backlog_len", "Packets that wait for the CPU.",
                          MetricType::kGauge, "cpu"};

}  // namespace

Result<void> ParseSoftnet(std::string_view text, std::vector<SoftnetCpu>& out) {
  out.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::array<std::uint64_t, 13> columns{};
    std::size_t count = 0;
    std::string_view field;
    while (count < columns.size() && NextField(line, field)) {
      if (!ParseUint(field, columns[count++], 16)) {
        return Fail(ErrorCode::kParse,
                    "line " + std::to_string(number) + ": want hexadecimal columns");
      }
    }
    if (count < 3) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want three columns");
    }
    const auto column = [&](std::size_t i) -> std::optional<double> {
      if (i >= count) return std::nullopt;
      return static_cast<double>(columns[i]);
    };
    SoftnetCpu cpu;
    cpu.cpu = number - 1;
    cpu.processed = static_cast<double>(columns[0]);
    cpu.dropped = static_cast<double>(columns[1]);
    cpu.time_squeezed = static_cast<double>(columns[2]);
    cpu.cpu_collision = column(8);
    cpu.received_rps = column(9);
    cpu.flow_limit_count = column(10);
    if (count > 12) {
      cpu.backlog_len = column(11);
      cpu.cpu = columns[12];
    }
    out.push_back(cpu);
  }
  return {};
}

Result<void> SoftnetCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  auto parsed = ParseSoftnet(*text, cpus_);
  for (const SoftnetCpu& c : cpus_) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), c.cpu).ptr;
    const std::string_view cpu(digits.data(), static_cast<std::size_t>(end - digits.data()));
    out.Set(kProcessed, {cpu}, c.processed);
    out.Set(kDropped, {cpu}, c.dropped);
    out.Set(kSqueezed, {cpu}, c.time_squeezed);
    if (c.cpu_collision) out.Set(kCollision, {cpu}, *c.cpu_collision);
    if (c.received_rps) out.Set(kRps, {cpu}, *c.received_rps);
    if (c.flow_limit_count) out.Set(kFlowLimit, {cpu}, *c.flow_limit_count);
    if (c.backlog_len) out.Set(kBacklog, {cpu}, *c.backlog_len);
  }
  if (!parsed) return std::move(parsed).error().Context(file_.path());
  return {};
}

}  // namespace ecsward
