// Hardware interrupts by CPU, with the devices behind them.
#pragma once

#include <string>

#include "collectors/all.h"
#include "collectors/cpu_table.h"
#include "collectors/name_filter.h"

namespace ecsward {

inline constexpr OptionSpec kInterruptsOptions[] = {
    {"name_include", OptionKind::kRegex, "",
     "Interrupts to take, matched against \"name;info;devices\"."},
    {"name_exclude", OptionKind::kRegex, "", "Interrupts to leave out, matched likewise."},
    {"include_zeros", OptionKind::kBool, "true", "Whether to report counts that are zero."},
};

// What stands right of an interrupt's counts.
//   "36", "PCI-MSIX-0000:00:02.0   1-edge   virtio1-req.0"
//                     → info "PCI-MSIX-0000:00:02.0", devices "1-edge virtio1-req.0"
//   "LOC", "Local timer interrupts" → info "Local timer interrupts", no devices
struct InterruptText {
  std::string_view info, devices;
};

// Runs of blanks become one blank; where that needs memory, it is `joined`'s, and the views live
// until `joined` is used again.
InterruptText DescribeInterrupt(const CpuTable::Row& row, std::string& joined);

// source: proc(5) /proc/interrupts
// note:   the label `cpu` is the kernel's number. node_exporter counts columns, which is the same
//         until a CPU is taken offline.
class InterruptsCollector final : public Collector {
 public:
  InterruptsCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  bool Takes(std::string_view name, const InterruptText& text);

  HostFile file_;
  ReadBuffer buffer_;
  CpuTable table_;
  NameFilter filter_;
  bool filters_;  // false: everything is taken, and no name is put together to ask
  bool include_zeros_;
  std::string joined_;
  std::string whole_name_;
};

}  // namespace ecsward
