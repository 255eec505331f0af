// Temperatures of the thermal zones, and what cools them.
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/rescan.h"

namespace ecsward {

// source: https://docs.kernel.org/driver-api/thermal/sysfs-api.html,
//         /sys/class/thermal/{thermal_zone,cooling_device}<N>
// unit:   thousandths of a degree Celsius in the files → degrees here; cooling states have no unit
// note:   slow: ACPI may have to ask the firmware. A zone that is disabled, or has no answer right
//         now (ENODATA, EAGAIN), is skipped.
class ThermalZoneCollector final : public Collector {
 public:
  explicit ThermalZoneCollector(const CollectorEnv& env) : root_(env.root) {}
  // kNotSupported without zones and cooling devices: the rule on guests.
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Zone {
    std::string number, type;
    HostFile mode, temp;
    bool has_mode;
  };
  struct CoolingDevice {
    std::string number, type;
    HostFile cur_state, max_state;
  };

  Result<void> Scan();
  Result<void> CollectZone(Zone& zone, Recorder& out);
  Result<void> CollectCoolingDevice(CoolingDevice& device, Recorder& out);
  // False when the file has no answer now: not an error.
  Result<bool> ReadInt(HostFile& file, double& value);

  const HostRoot& root_;  // the environment's: outlives collectors
  Rescan rescan_;
  Result<void> scanned_;
  std::vector<Zone> zones_;
  std::vector<CoolingDevice> cooling_devices_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
