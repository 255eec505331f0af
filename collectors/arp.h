// The entries of the ARP table, per interface.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/name_filter.h"

namespace ecsward {

// source: proc(5) /proc/net/arp, a line of headings, then an entry per line with the interface last
//
//   IP address       HW type     Flags       HW address            Mask     Device
//   192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
struct ArpCount {
  std::string device;
  double entries = 0;
};

// shape:  one count per interface, in order of first sight; `out` may be longer than the result,
// which
//         is how many of it are used (so that its strings are used again)
// errors: kParse naming the line, when one has fewer than six fields
Result<std::size_t> ParseArp(std::string_view text, std::vector<ArpCount>& out);

// Of the neighbours that netlink lists, those that /proc/net/arp would: the interface's number.
// errors: false for another version of IP, an entry that needs no ARP, or a message too short
bool ParseNeighbourMessage(std::string_view payload, std::uint32_t& link_index);

inline constexpr OptionSpec kArpOptions[] = {
    {"device_include", OptionKind::kRegex, "", "Interfaces to show; empty: all."},
    {"device_exclude", OptionKind::kRegex, "", "Interfaces to leave out; empty: none."},
};

class ArpCollector final : public Collector {
 public:
  ArpCollector(const CollectorEnv& env, const CollectorOptions& options);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct LinkCount {
    std::uint32_t link_index;
    double entries;
  };
  struct Sink final : NetlinkSink {
    void Begin() override { counts.clear(); }
    void Message(std::uint16_t type, std::string_view payload) override;
    std::vector<LinkCount> counts;
  };

  bool CollectFromNetlink(const Tick& tick, Recorder& out);

  NetworkLinks& links_;  // outlives the collector
  NameFilter filter_;
  Netlink netlink_;
  Sink sink_;
  HostFile file_;
  ReadBuffer buffer_;
  std::vector<ArpCount> counts_;
};

}  // namespace ecsward
