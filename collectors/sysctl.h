// Kernel parameters of the user's choice.
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"
#include "metrics/metric_set.h"

namespace ecsward {

inline constexpr OptionSpec kSysctlOptions[] = {
    {"include", OptionKind::kList, "",
     "Parameters that are numbers: kernel.pid_max, or with a name for each number: "
     "net.ipv4.tcp_rmem:min,default,max."},
    {"include_info", OptionKind::kList, "",
     "Parameters that are words, as labels of node_sysctl_info."},
};

// One parameter that is asked for: "net.ipv4.tcp_rmem:min,default,max".
struct SysctlSpec {
  std::string name;
  std::vector<std::string> keys;
};

// Pure. Commas separate parameters as well as keys: a word without a dot or slash, after a
// parameter with a colon, is one of its keys.
std::vector<SysctlSpec> ParseSysctlList(std::string_view list);

// source: /proc/sys/<name with slashes>: words between blanks, tabs, newlines
// errors: kParse where a number is expected and none is there, or not as many as there are keys
class SysctlCollector final : public Collector {
 public:
  static constexpr std::size_t kMaxValues = 64;

  SysctlCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Parameter {
    std::string name;
    HostFile file;
    bool numeric;
    const Metric* single = nullptr;         // one number
    const Metric* indexed = nullptr;        // several, by index
    std::vector<const Metric*> keyed = {};  // several, each with a metric of its own
  };

  Result<void> Report(Parameter& parameter, Recorder& out);

  MetricSet metrics_;
  std::vector<Parameter> parameters_;
  std::vector<std::string> indexes_;  // "0", "1", …
  ReadBuffer buffer_;
};

}  // namespace ecsward
