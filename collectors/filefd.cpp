#include "collectors/filefd.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kAllocated{"node_filefd_allocated", "File handles that are allocated.",
                            MetricType::kGauge};
constexpr Metric kMaximum{"node_filefd_maximum", "File handles that may be allocated at most.",
                          MetricType::kGauge};

}  // namespace

Result<FileHandles> ParseFileNr(std::string_view text) {
  std::string_view line;
  FileHandles handles;
  double unused = 0;
  if (!NextLine(text, line) || !NextNumber(line, handles.allocated) || !NextNumber(line, unused) ||
      !NextNumber(line, handles.maximum)) {
    return Fail(ErrorCode::kParse, "line 1: want three numbers");
  }
  return handles;
}

Result<void> FilefdCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return std::move(text).error();
  const auto handles = ParseFileNr(*text);
  if (!handles) return Error(handles.error()).Context(file_.path());
  out.Set(kAllocated, handles->allocated);
  out.Set(kMaximum, handles->maximum);
  return {};
}

}  // namespace ecsward
