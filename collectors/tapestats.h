// What SCSI tape drives have done.
#pragma once

#include "collectors/all.h"
#include "collectors/name_filter.h"
#include "collectors/sysfs_readings.h"

namespace ecsward {

inline constexpr OptionSpec kTapestatsOptions[] = {
    {"ignored_devices", OptionKind::kRegex, "^$", "Tape drives to leave out."},
};

// source: https://docs.kernel.org/scsi/st.html, /sys/class/scsi_tape/st<n>/stats/
// unit:   nanoseconds → seconds
// note:   a drive is there under many names (nst0, st0a, st0l, ...) that share its counters
class TapestatsCollector final : public Collector {
 public:
  TapestatsCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  void Scan();
  const HostRoot& root_;  // outlives the collector
  NameFilter filter_;
  SysfsReadings readings_;
};

}  // namespace ecsward
