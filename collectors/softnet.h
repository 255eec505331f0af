// What each CPU did with the packets that arrived.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: /proc/net/softnet_stat, a line of hexadecimal columns per online CPU, since boot
struct SoftnetCpu {
  std::uint64_t cpu =
      0;  // the kernel's number where the line says it (Linux 5.10), else the line's
  double processed = 0, dropped = 0, time_squeezed = 0;
  std::optional<double> cpu_collision;     // always 0 since Linux 4.8 or so
  std::optional<double> received_rps;      // Linux 2.6.36
  std::optional<double> flow_limit_count;  // Linux 3.11
  std::optional<double> backlog_len;       // packets that wait now; Linux 5.10
};

// shape:  one entry per online CPU, in file order
// errors: kParse naming the line, when there are fewer than three columns or one is not hexadecimal
Result<void> ParseSoftnet(std::string_view text, std::vector<SoftnetCpu>& out);

class SoftnetCollector final : public Collector {
 public:
  explicit SoftnetCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "net/softnet_stat")), buffer_(env.shared.buffer) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer& buffer_;
  std::vector<SoftnetCpu> cpus_;
};

}  // namespace ecsward
