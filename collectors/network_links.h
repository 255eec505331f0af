// The host's network interfaces, as the kernel's netlink describes them: what netdev (counters) and
// netclass (properties) both need, asked for once a tick.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_root.h"
#include "collectors/collector.h"
#include "collectors/netlink.h"

namespace ecsward {

// What went through an interface since it was made, as /proc/net/dev adds the details up.
// source: netlink IFLA_STATS64, or proc(5) /proc/net/dev
struct LinkCounters {
  double receive_bytes = 0, receive_packets = 0, receive_errs = 0;
  double receive_drop = 0;  // dropped + missed
  double receive_fifo = 0;
  double receive_frame = 0;  // frame + length + over + crc
  double receive_compressed = 0, receive_multicast = 0;
  double transmit_bytes = 0, transmit_packets = 0, transmit_errs = 0, transmit_drop = 0;
  double transmit_fifo = 0, transmit_colls = 0;
  double transmit_carrier = 0;  // carrier + aborted + heartbeat + window
  double transmit_compressed = 0;
  std::optional<double>
      receive_nohandler;  // no protocol wanted it; Linux 4.6, not in /proc/net/dev
};

// The state of an interface, named after the files of /sys/class/net/<device>/. Empty where the
// kernel does not say: `carrier` and `dormant` of an interface that is down, …
struct LinkProperties {
  std::optional<double> ifindex, iflink, flags, mtu, tx_queue_len, type, link_mode, netdev_group;
  std::optional<double> carrier, dormant;
  std::optional<double> carrier_changes, carrier_up_count, carrier_down_count;
  std::string address, broadcast, ifalias;
  std::string operstate;  // "up", "down", "unknown", …
};

struct NetworkLink {
  std::string name;
  std::uint32_t index = 0;
  bool has_counters = false;
  LinkCounters counters;
  LinkProperties properties;
};

// Pure: the payload of one RTM_NEWLINK message. Reuses the strings of `out`.
// errors: false when it is too short or names no interface
bool ParseLinkMessage(std::string_view payload, NetworkLink& out);

// The interfaces as of a tick. One thread.
class NetworkLinks {
 public:
  // `port`: null for the real netlink.
  explicit NetworkLinks(const HostRoot& root, std::unique_ptr<NetlinkPort> port = nullptr);
  ~NetworkLinks();

  // False when netlink speaks of another host than the files do, or is forbidden here: read the
  // files. Asked for once a tick however many collectors call; forbidden is tried again every
  // minute.
  bool Read(const Tick& tick);

  // As of the last Read that was true; in the kernel's order, by index. Memory is reused.
  std::span<const NetworkLink> links() const;
  // Empty when there is none of that index.
  std::string_view NameOf(std::uint32_t index) const;

 private:
  class Sink;
  bool live_;
  Netlink netlink_;
  std::unique_ptr<Sink> sink_;
  std::uint64_t tick_ = 0;
  bool usable_ = false;
  std::optional<MonoTime> retry_at_;
};

}  // namespace ecsward
