// bcache: disks cached on a faster one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/rescan.h"

namespace ecsward {

inline constexpr OptionSpec kBcacheOptions[] = {
    {"priority_stats", OptionKind::kBool, "false",
     "Show how the cache's buckets are used; the kernel sorts all of them each time."},
};

// Pure: a number as bcache prints it, "512", "2.5M", "-1.2k".
// note: node_exporter's value to the byte. The digit behind the point is taken for hundreds of
//       1024ths, as kernels before 4.13 wrote it; that is less off than the digit is coarse.
std::optional<double> ParseBcacheNumber(std::string_view text);

// source: drivers/md/bcache/sysfs.c, <backing device>/writeback_rate_debug
// unit:   bytes, or bytes per second
struct BcacheWriteback {
  double rate = 0, target = 0, proportional = 0, integral = 0, change = 0;
};
// errors: kParse naming the line, when a number that we show is none
Result<void> ParseBcacheWriteback(std::string_view text, BcacheWriteback& out);

// source: <cache device>/priority_stats
struct BcachePriority {
  double unused_percent = 0, metadata_percent = 0;
};
// errors: kParse naming the line, when a number that we show is none
Result<void> ParseBcachePriority(std::string_view text, BcachePriority& out);

// source: https://docs.kernel.org/admin-guide/bcache.html, /sys/fs/bcache/<uuid>/
//
// A slow collector: the kernel locks a node of its tree for some of these, which may wait for the
// disk.
class BcacheCollector final : public Collector {
 public:
  BcacheCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct NumberFile {
    HostFile file;
    const Metric* metric;
    double scale;
  };
  struct Device {
    std::string name;  // "bdev0", "cache0"; empty for the set itself
    std::vector<NumberFile> numbers;
    HostFile text;  // writeback_rate_debug or priority_stats; no path where not wanted
  };
  struct Set {
    std::string uuid;
    Device own;
    std::vector<Device> backing, caches;
  };

  void Scan();
  template <class Rows>
  Device Open(const std::string& folder, std::string_view name, const Rows& rows) const;
  Result<void> Report(const Set& set, Device& device, Recorder& out);
  Result<void> ReportWriteback(const Set& set, Device& device, Recorder& out);
  Result<void> ReportPriority(const Set& set, Device& device, Recorder& out);

  const HostRoot& root_;  // outlives the collector
  const bool priority_stats_;
  std::vector<Set> sets_;
  Rescan rescan_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
