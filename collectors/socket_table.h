// How many TCP or UDP sockets there are in which state, and what waits in their queues: from
// netlink's sock_diag, or from /proc/net/tcp and its like. The text costs milliseconds even on a
// quiet host, since the kernel walks whole hash tables for it and prints what we then throw away.
// source: https://man7.org/linux/man-pages/man7/sock_diag.7.html
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/host_root.h"
#include "collectors/netlink.h"

namespace ecsward {

struct SocketTotals {
  static constexpr std::size_t kStates = 13;  // TCP_ESTABLISHED (1) … TCP_NEW_SYN_RECV (12)
  std::array<double, kStates> by_state{};     // by the kernel's number; 0 for one it does not name
  double receive_queue_bytes = 0;             // of a listening socket: connections not yet accepted
  double transmit_queue_bytes = 0;            // of a listening socket, from sock_diag: its backlog
};

// Pure: the payload of one sock_diag answer is added to `totals`. False when it is too short.
bool AddSocketMessage(std::string_view payload, SocketTotals& totals);

// Pure: the lines of /proc/net/{tcp,udp}{,6} are added to `totals`.
// errors: kParse naming the line, when one has fewer than five fields or the queues are no numbers
Result<void> AddSocketTable(std::string_view text, SocketTotals& totals);

// The sockets of one protocol. One thread.
class SocketTable {
 public:
  // `protocol` is IPPROTO_TCP or IPPROTO_UDP, `name` its file in /proc/net without the 6.
  SocketTable(const HostRoot& root, int protocol, std::string_view name);

  // Adds the sockets of IPv4 or IPv6 to `totals`.
  // errors: kNotFound when the host has not that version of IP
  Result<void> Add(int family, SocketTotals& totals);

 private:
  struct Sink final : NetlinkSink {
    void Begin() override { totals = {}; }
    void Message(std::uint16_t, std::string_view payload) override {
      (void)AddSocketMessage(payload, totals);
    }
    SocketTotals totals;
  };

  bool live_;
  int protocol_;
  HostFile v4_, v6_;
  ReadBuffer buffer_;
  Netlink netlink_;
  Sink sink_;
};

}  // namespace ecsward
