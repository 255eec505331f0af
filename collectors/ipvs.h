// The kernel's load balancer, IPVS.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: /proc/net/ip_vs_stats, two lines of headings, then hexadecimal totals since boot
struct IpvsTotals {
  double connections = 0, incoming_packets = 0, outgoing_packets = 0;
  double incoming_bytes = 0, outgoing_bytes = 0;
};

// errors: kParse when the third line has not five hexadecimal numbers
Result<IpvsTotals> ParseIpvsTotals(std::string_view text);

// source: /proc/net/ip_vs: a service, then its backends behind arrows
//
//   TCP  C0A80016:0CEA wlc
//     -> C0A85216:0CEA      Tunnel  100    248        2
//   FWM  10001000 wlc
//     -> [fe80:0000:0000:0000:0000:0000:0000:0001]:0CEA Route 0 0 1
struct IpvsBackend {
  std::string local_address, local_port,
      local_mark;  // address empty for a mark, and mark for an address
  std::string remote_address, remote_port, proto;
  double weight = 0, active = 0, inactive = 0;
};

// shape:  in file order; `out` may be longer than the result, which is how many of it are used (so
//         that its strings are used again)
// errors: kParse naming the line, when an address, a port or a number is none
Result<std::size_t> ParseIpvsBackends(std::string_view text, std::vector<IpvsBackend>& out);

inline constexpr OptionSpec kIpvsOptions[] = {
    {"backend_labels", OptionKind::kList,
     "local_address,local_port,remote_address,remote_port,proto,local_mark",
     "Labels of a backend; those that have the same ones are added up."},
};

class IpvsCollector final : public Collector {
 public:
  IpvsCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Sum {
    std::uint64_t last_tick = 0;
    double weight = 0, active = 0, inactive = 0;
    std::vector<std::string> labels;
  };

  HostFile totals_, backends_file_;
  ReadBuffer buffer_;
  std::vector<std::string IpvsBackend::*> members_;  // those that became labels
  std::string labels_;                               // their names
  Metric weight_, active_, inactive_;
  std::vector<IpvsBackend> backends_;
  std::map<std::string, Sum, std::less<>> sums_;
  std::string key_;
  std::vector<std::string_view> values_;
};

}  // namespace ecsward
