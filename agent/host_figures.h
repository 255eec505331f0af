// The handful of numbers that say how a host is, taken from the daemon's own page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward {

struct HostFigures {
  std::string name, release;  // node_uname_info
  double cpus = 0;
  std::optional<double> cpu_ratio;  // of all CPUs, 15 s on average
  std::optional<double> load1;
  double memory_bytes = 0, memory_available_bytes = 0;
  double boot_seconds = 0;  // since 1970
  struct Part {
    std::string name;
    double ratio = 0;  // of 1
  };
  std::vector<Part> filesystems;                                       // used, the fullest first
  std::vector<Part> disks;                                             // busy, the busiest first
  double receive_bytes_per_second = 0, transmit_bytes_per_second = 0;  // without lo
  double agent_resident_bytes = 0, agent_cpu_seconds = 0, agent_start_seconds = 0;
  double governor_level = 0;
  std::vector<std::string> failing_collectors;
};

// What the page does not have stays empty.
HostFigures FiguresFrom(std::string_view page);

}  // namespace ecsward
