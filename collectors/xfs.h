// What the XFS file systems have done.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: https://xfs.org/index.php/Runtime_Stats, /sys/fs/xfs/<device>/stats/stats
//
//   extent_alloc 1 2 3 4
//   abt 5 6 7 8
//
// unit:   counts since the file system was mounted, 32 bits in the file
struct XfsStats {
  static constexpr std::size_t kCount = 39;
  std::array<double, kCount> values{};  // in the order of the metrics, xfs.cpp; 0 where not there
};

// errors: kParse naming the line, when a number that we show is none
Result<void> ParseXfsStats(std::string_view text, XfsStats& out);

class XfsCollector final : public Collector {
 public:
  explicit XfsCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Device {
    std::string name;
    HostFile file;
  };
  Result<void> FindDevices();

  const HostRoot& root_;  // outlives the collector
  std::vector<Device> devices_;
  std::optional<MonoTime> devices_due_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
