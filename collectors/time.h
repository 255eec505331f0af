// What time the host has, and what it keeps time with.
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

class TimeCollector final : public Collector {
 public:
  explicit TimeCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  // source: /sys/devices/system/clocksource/clocksource<device>/, words separated by blanks
  struct ClockSource {
    std::string device;  // "0": the kernel has had only this one
    HostFile available, current;
    std::vector<std::string> names = {};
    std::string in_use = {};
  };
  void ReadSources();

  const Kernel& kernel_;
  std::vector<ClockSource> sources_;  // hardware: looked up once
  MonoTime sources_due_ = MonoTime::min();
  ReadBuffer buffer_;
};

}  // namespace ecsward
