// The kernel's counters of IP, ICMP, TCP and UDP.
#pragma once

#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/name_filter.h"
#include "collectors/protocol_metrics.h"

namespace ecsward {

struct NetstatField {
  std::string_view protocol, name;  // "Tcp", "ActiveOpens"
  double value = 0;                 // a count; a few are settings or -1 for "no limit"
};

// source: proc(5) /proc/net/snmp and /proc/net/netstat, pairs of lines:
//
//   Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens …
//   Tcp: 1 200 120000 -1 217 …
//
// shape:  in file order; views into `text`
// errors: kParse naming the line, when a pair does not belong together or a value is no number
Result<void> ParseNetstat(std::string_view text, std::vector<NetstatField>& out);

// source: /proc/net/snmp6, "Ip6InReceives    1" → {"Ip6", "InReceives", 1}
// errors: kParse naming the line, when a value is no number
Result<void> ParseSnmp6(std::string_view text, std::vector<NetstatField>& out);

inline constexpr OptionSpec kNetstatOptions[] = {
    {"fields", OptionKind::kRegex,
     "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|"
     "TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|"
     "Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|"
     "Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$",
     "Fields to show, as <protocol>_<field>."},
};

class NetstatCollector final : public Collector {
 public:
  NetstatCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Source {
    HostFile file;
    ProtocolMetrics metrics;
    Result<void> (*parse)(std::string_view, std::vector<NetstatField>&);
  };
  Result<void> CollectFrom(Source& source, Recorder& out);

  NameFilter wanted_;
  Source netstat_, snmp_, snmp6_;
  ReadBuffer& buffer_;
  std::vector<NetstatField> fields_;
};

}  // namespace ecsward
