// Statistics of the kernel's network caches: neighbours, routes, connections tracked.
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/rescan.h"
#include "metrics/metric_set.h"

namespace ecsward {

// source: lnstat(8) /proc/net/stat/<subsystem>: headings, then a line of hexadecimal counts a CPU
//
//   entries  allocs   destroys
//   00000002 00000002 00000000
//   00000002 00000000 00000000
struct LnstatTable {
  std::vector<std::string_view> names;
  std::vector<double> values;  // row by row; names.size() of them a row
};

// Fills `out` with views into `text`. Values beyond the headings are left out.
// errors: kParse naming the line, when a name could not be a metric's, or a count is missing or
// none
Result<void> ParseLnstat(std::string_view text, LnstatTable& out);

// note: the label `cpu` is the line's number from 0, as in node_exporter: the file does not say
class LnstatCollector final : public Collector {
 public:
  explicit LnstatCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Subsystem {
    std::string name;  // "arp_cache"
    HostFile file;
  };
  static constexpr std::size_t kMaxNames =
      512;  // a kernel has some 60: a bound for what is not one

  Result<void> Scan();
  void Report(const Subsystem& subsystem, Recorder& out);

  const HostRoot& root_;  // the environment's: outlives collectors
  Rescan rescan_;
  Result<void> scanned_;
  std::vector<Subsystem> subsystems_;
  ReadBuffer buffer_;
  LnstatTable table_;
  MetricSet metrics_;
  std::size_t names_ = 0;
};

}  // namespace ecsward
