// What kind of CPUs these are: /proc/cpuinfo. Off unless asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/host_root.h"
#include "collectors/collector.h"
#include "collectors/name_filter.h"

namespace ecsward {

// source: proc(5) /proc/cpuinfo, one block per CPU: "processor : 0", "vendor_id : …". Which lines
//         there are depends on the architecture; those that are absent stay empty.
struct CpuInfo {
  std::string cpu, vendor, family, model, model_name, microcode, stepping, cache_size;
  std::string package, core;             // "physical id", "core id"
  std::vector<std::string> flags, bugs;  // arm64 calls the flags "Features"
};

// errors: kParse when no block has a "processor" line
Result<std::vector<CpuInfo>> ParseCpuInfo(std::string_view text);

class CpuInfoSource {
 public:
  // The flags and bugs of the first CPU are exported where they match; an empty pattern means none.
  CpuInfoSource(const HostRoot& root, std::string_view flags, std::string_view bugs);

  // Reads the file again when `changed` (a CPU came or went) and once a minute: microcode can be
  // replaced while the host runs. Reading it asks every CPU for its frequency, which is dear.
  Result<void> Emit(const Tick& tick, bool changed, Recorder& out);

 private:
  const HostRoot& root_;  // the sampler's, outlives the collector
  bool want_flags_, want_bugs_;
  NameFilter flags_, bugs_;
  std::vector<CpuInfo> cpus_;
  std::vector<std::string> shown_flags_, shown_bugs_;
  MonoTime next_read_;
};

}  // namespace ecsward
