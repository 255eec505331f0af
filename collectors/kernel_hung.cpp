#include "collectors/kernel_hung.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kDetected{"node_kernel_hung_task_detect_count",
                           "Tasks found hung since boot: blocked longer than the kernel's limit.",
                           MetricType::kCounter};

}  // namespace

Result<void> KernelHungCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  std::uint64_t count = 0;
  if (!ParseUint(Trim(*text), count)) {
    return Fail(ErrorCode::kParse, "want a number").Context(file_.path());
  }
  out.Set(kDetected, static_cast<double>(count));
  return {};
}

}  // namespace ecsward
