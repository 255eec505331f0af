// Counters of the virtual memory system: chosen fields of /proc/vmstat.
#pragma once

#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/field_metrics.h"
#include "collectors/name_filter.h"

namespace ecsward {

inline constexpr OptionSpec kVmstatOptions[] = {
    {"fields", OptionKind::kRegex, "^(oom_kill|pgpg|pswp|pg.*fault).*",
     "Fields of /proc/vmstat to export."},
};

// source: /proc/vmstat, "pgpgin 1234"; pages, kibibytes or events: the kernel does not say which
struct VmstatField {
  std::string_view name;  // a view of the text
  double value = 0;
};

// errors: kParse naming the line that is not "name number", or when there is none
Result<void> ParseVmstat(std::string_view text, std::vector<VmstatField>& out);  // refilled

class VmstatCollector final : public Collector {
 public:
  VmstatCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer& buffer_;
  std::vector<VmstatField> fields_;
  NameFilter filter_;
  FieldMetrics metrics_;
};

}  // namespace ecsward
