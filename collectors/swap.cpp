#include "collectors/swap.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kSize{"node_swap_size_bytes", "Size of the swap device.", MetricType::kGauge,
                       "device,type"};
constexpr Metric kUsed{"node_swap_used_bytes", "How much of the swap device is in use.",
                       MetricType::kGauge, "device,type"};
constexpr Metric kPriority{"node_swap_priority", "Devices of higher priority are used first.",
                           MetricType::kGauge, "device,type"};

constexpr double kBytesPerKib = 1024;

bool ParseSwapLine(std::string_view line, SwapArea& area) {
  std::string_view priority;
  std::int64_t number = 0;
  if (!NextField(line, area.device) || !NextField(line, area.type) ||
      !NextNumber(line, area.size_bytes) || !NextNumber(line, area.used_bytes) ||
      !NextField(line, priority) || !ParseInt(priority, number)) {
    return false;
  }
  area.size_bytes *= kBytesPerKib;
  area.used_bytes *= kBytesPerKib;
  area.priority = static_cast<double>(number);
  return true;
}

}  // namespace

Result<void> ParseSwaps(std::string_view text, std::vector<SwapArea>& out) {
  out.clear();
  std::string_view line;
  if (!NextLine(text, line) || !line.starts_with("Filename")) {
    return LineError(1, "want the headings Filename, Type, …");
  }
  for (std::size_t number = 2; NextLine(text, line); ++number) {
    SwapArea area;
    if (!ParseSwapLine(line, area)) {
      return LineError(number, "want a file name, a type and three numbers");
    }
    out.push_back(area);
  }
  return {};
}

Result<void> SwapCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseSwaps(*text, areas_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const SwapArea& area : areas_) {
    out.Set(kSize, {area.device, area.type}, area.size_bytes);
    out.Set(kUsed, {area.device, area.type}, area.used_bytes);
    out.Set(kPriority, {area.device, area.type}, area.priority);
  }
  return {};
}

}  // namespace ecsward
