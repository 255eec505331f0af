// Netfilter's connection tracking.
#pragma once

#include <string_view>

#include "collectors/all.h"

namespace ecsward {

// What happened to packets and table entries since boot, summed over the CPUs.
// source: /proc/net/stat/nf_conntrack, a line of headings, then hexadecimal columns per CPU.
// Columns
//         are found by their heading: Linux 5.1 renamed some and left others at zero.
struct ConntrackStats {
  double found = 0, invalid = 0, ignore = 0, insert = 0, insert_failed = 0, drop = 0;
  double early_drop = 0, search_restart = 0;
};

// errors: kParse naming the line, when a column is not hexadecimal
Result<ConntrackStats> ParseConntrackStats(std::string_view text);

class ConntrackCollector final : public Collector {
 public:
  explicit ConntrackCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile count_, max_, stats_;
  ReadBuffer& buffer_;
};

}  // namespace ecsward
