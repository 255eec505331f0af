// InfiniBand and RoCE adapters (eRDMA among them): state, rate and counters per port.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

// Pure: the number in front, "4: ACTIVE" → 4.
std::optional<double> ParseInfinibandState(std::string_view text);

// Pure: bytes per second, "100 Gb/sec (4X EDR)" → 1.25e10.
std::optional<double> ParseInfinibandRate(std::string_view text);

// source: https://docs.kernel.org/admin-guide/abi-stable.html,
// /sys/class/infiniband/<device>/ports/<n>/
//
// A slow collector: the driver asks the adapter's firmware for each counter, some 50 µs a time.
class InfinibandCollector final : public Collector {
 public:
  explicit InfinibandCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct CounterFile {
    HostFile file;
    std::size_t row;  // in the table of infiniband.cpp
  };
  struct Port {
    std::string number;
    HostFile state, physical_state, rate;
    std::vector<CounterFile> counters;  // those that could be read when looked for
  };
  struct Device {
    std::string name, board_id, firmware_version, hca_type;
    std::vector<Port> ports;
  };

  Result<void> FindDevices();
  void FindPorts(Device& device);
  std::string_view ReadText(HostFile& file);

  const HostRoot& root_;  // outlives the collector
  std::vector<Device> devices_;
  std::optional<MonoTime> devices_due_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
