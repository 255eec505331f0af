// Memory: every field of /proc/meminfo, and our own utilization gauge.
#pragma once

#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/field_metrics.h"
#include "collectors/peak_gauge.h"

namespace ecsward {

// source: proc(5) /proc/meminfo, "MemTotal:  16384 kB", "HugePages_Total:  0"
// unit:   kB in the file → bytes here; a field without a unit is a number of things
struct MemoryField {
  std::string_view name;  // "Active(anon)"; a view of the text
  double value = 0;
  bool bytes = false;
};

// errors: kParse naming the line that is not "name: number" or "name: number kB", or when there is
// none
Result<void> ParseMeminfo(std::string_view text, std::vector<MemoryField>& out);  // refilled

class MeminfoCollector final : public Collector {
 public:
  explicit MeminfoCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer& buffer_;
  std::vector<MemoryField> fields_;
  FieldMetrics byte_metrics_, count_metrics_;
  PeakGauge utilization_;
};

}  // namespace ecsward
