#include "collectors/softirqs.h"

namespace ecsward {
namespace {

constexpr Metric kSoftirqs{"node_softirqs_functions_total",
                           "Software interrupts handled, by CPU and kind.", MetricType::kCounter,
                           "cpu,type"};

}  // namespace

Result<void> SoftirqsCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseCpuTable(*text, table_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const CpuTable::Row& row : table_.rows) {
    const auto values = table_.ValuesOf(row);
    for (std::size_t i = 0; i < values.size(); ++i) {
      out.Set(kSoftirqs, {table_.cpus[i], row.name}, values[i]);
    }
  }
  return {};
}

}  // namespace ecsward
