// Bonded interfaces: how many slaves each has, and how many of them work.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: /sys/class/net/bonding_masters, "bond0 bond1", and for each
//         /sys/class/net/<master>/bonding/slaves, "eth0 eth1", and for each
//         /sys/class/net/<master>/lower_<slave>/bonding_slave/mii_status, "up" or "down"
class BondingCollector final : public Collector {
 public:
  explicit BondingCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Master {
    std::uint64_t last_tick = 0;
    HostFile slaves;
    std::string slaves_text;  // what `states` was made from
    std::vector<HostFile> states;
  };
  Master& MasterOf(std::string_view name, const Tick& tick);
  void FindStates(std::string_view name, std::string_view slaves, Master& master);

  const HostRoot& root_;  // outlives the collector
  HostFile masters_file_;
  ReadBuffer masters_buffer_, buffer_;
  std::map<std::string, Master, std::less<>> masters_;
};

}  // namespace ecsward
