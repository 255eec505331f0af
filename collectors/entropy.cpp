#include "collectors/entropy.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kAvailable{"node_entropy_available_bits", "Bits of entropy that are available.",
                            MetricType::kGauge};
constexpr Metric kPoolSize{"node_entropy_pool_size_bits", "Size of the entropy pool in bits.",
                           MetricType::kGauge};

Result<void> Report(HostFile& file, ReadBuffer& buffer, const Metric& metric, Recorder& out) {
  auto text = file.Read(buffer);
  if (!text) return std::move(text).error();
  double bits = 0;
  if (!ParseNumber(Trim(*text), bits)) {
    return Fail(ErrorCode::kParse, file.path() + ": line 1: want a number");
  }
  out.Set(metric, bits);
  return {};
}

}  // namespace

Result<void> EntropyCollector::Collect(const Tick&, Recorder& out) {
  auto available = Report(available_, buffer_, kAvailable, out);
  auto pool = Report(pool_size_, buffer_, kPoolSize, out);
  return available ? pool : available;
}

}  // namespace ecsward
