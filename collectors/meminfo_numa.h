// Memory of each NUMA node.
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/rescan.h"
#include "metrics/metric_set.h"

namespace ecsward {

// One line of /sys/devices/system/node/node<N>/meminfo or numastat.
struct NodeMemoryField {
  std::string_view name;  // as the file has it: "Active(anon)", "numa_hit"
  double value = 0;
};

// source: /sys/devices/system/node/node<N>/meminfo, "Node 0 Active(anon):   1680 kB"
// unit:   kB in the file → bytes here; counts without a unit stay
// errors: kParse naming the line, when it is not of that form or the name could not be a metric's;
//         kParse when there is nothing at all. Both parsers fill `out` with views into `text`.
Result<void> ParseNodeMeminfo(std::string_view text, std::vector<NodeMemoryField>& out);

// source: https://docs.kernel.org/admin-guide/numastat.html, "numa_hit 18674045"
// unit:   pages since boot
Result<void> ParseNumastat(std::string_view text, std::vector<NodeMemoryField>& out);

class MeminfoNumaCollector final : public Collector {
 public:
  explicit MeminfoNumaCollector(const CollectorEnv& env) : root_(env.root) {}
  // kNotSupported where the kernel knows no nodes.
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Node {
    std::string number;
    HostFile meminfo, numastat;
  };
  static constexpr std::size_t kMaxNames =
      512;  // a kernel has some 50: a bound for what is not one

  Result<void> Scan();
  Result<void> CollectNode(Node& node, Recorder& out);
  void Report(MetricType type, const Node& node, Recorder& out);

  const HostRoot& root_;  // the environment's: outlives collectors
  Rescan rescan_;
  Result<void> scanned_;  // what the last scan said
  std::vector<Node> nodes_;
  ReadBuffer buffer_;
  std::vector<NodeMemoryField> fields_;
  MetricSet metrics_;
  std::size_t names_ = 0;
};

}  // namespace ecsward
