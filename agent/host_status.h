// What `ecsward status` is told besides the metrics and the alerts: who used the host lately, and
// how it stands with the ports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "collectors/host_boards.h"

namespace ecsward {

// One kind of use over the last minute.
struct RecentUse {
  std::string what;  // "cpu", "memory", "disk", "ports", "peers"
  EvidencePeriod lately;
};

struct HostStatus {
  std::int64_t time_ms = 0;
  std::vector<RecentUse> uses;          // those that something was kept of
  std::vector<ProcessGroupUse> groups;  // the biggest user of CPU first
  bool ports_known = false;
  std::uint64_t listeners = 0;  // without those that only this host reaches
  std::vector<PortListener> unexpected;
  std::vector<ExpectedPort> expected;
  std::vector<std::string> notes;  // what is missing, and why
};

// The boards as they are now. Any thread.
HostStatus StatusOf(const HostBoards& boards, std::int64_t now_ms);

std::string ToText(const HostStatus& status);
// errors: kParse when it is no JSON; what is not there is left out
Result<HostStatus> ParseStatus(std::string_view text);

}  // namespace ecsward
