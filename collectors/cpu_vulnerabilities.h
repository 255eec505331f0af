// What the kernel says of the CPU's known vulnerabilities.
#pragma once

#include <string>
#include <vector>

#include "collectors/all.h"
#include "collectors/rescan.h"

namespace ecsward {

// source: https://docs.kernel.org/admin-guide/hw-vuln/, one line a file in
//         /sys/devices/system/cpu/vulnerabilities
struct Vulnerability {
  std::string_view state;       // "not affected", "vulnerable", "mitigation" or "unknown"
  std::string_view mitigation;  // the rest of the line: what is done about it, or what is missing
};

// Pure; views into `text`.
//   "Not affected"                        → not affected
//   "Vulnerable: Safe RET, no microcode"  → vulnerable, "Safe RET, no microcode"
//   "KVM: Mitigation: Split huge pages"   → mitigation, "Split huge pages"
//   "Unknown: No mitigations"             → unknown, "No mitigations"
//   anything else                         → unknown, the line
// errors: kParse when there is no text
Result<Vulnerability> ParseVulnerability(std::string_view text);

class CpuVulnerabilitiesCollector final : public Collector {
 public:
  explicit CpuVulnerabilitiesCollector(const CollectorEnv& env) : root_(env.root) {}
  // kNotSupported before Linux 4.15.
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Entry {
    std::string codename;  // "spectre_v2"
    HostFile file;
  };
  Result<void> Scan();

  const HostRoot& root_;  // the environment's: outlives collectors
  Rescan rescan_;
  Result<void> scanned_;
  std::vector<Entry> entries_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
