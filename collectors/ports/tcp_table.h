// The TCP sockets of the host one by one: from netlink's sock_diag, or from /proc/net/tcp and tcp6,
// which say the same without the bytes that each connection has carried, and take many times as
// long. source: https://man7.org/linux/man-pages/man7/sock_diag.7.html
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_root.h"
#include "collectors/netlink.h"

namespace ecsward {

// An IPv6 address; IPv4's as ::ffff:a.b.c.d, so that a dual-stack socket's peer is the same peer.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  bool operator==(const IpAddress&) const = default;
  bool operator<(const IpAddress& other) const { return bytes < other.bytes; }
};
IpAddress MappedV4(const void* four_bytes);
bool IsLoopback(const IpAddress& address);
std::string ToString(const IpAddress& address);  // "203.0.113.7", "2001:db8::1"

struct TcpEntry {
  std::uint8_t state = 0;  // the kernel's number, tcp_states.h
  std::uint16_t local_port = 0, remote_port = 0;
  IpAddress local, remote;
  std::uint64_t inode = 0;
  bool has_bytes = false;   // the kernel told what it carried
  std::uint64_t bytes = 0;  // acknowledged by the peer and received from it, since it was opened
};

// Sets of states for a dump. TIME_WAIT is a connection, a socket that is only bound is none.
inline constexpr std::uint32_t kListenState = 1U << 10;
inline constexpr std::uint32_t kConnectionStates = 0x1ffeU & ~kListenState;

// Pure: the payload of one sock_diag answer. False when it is too short or of no IP version.
// The bytes are there where INET_DIAG_INFO was asked for and the kernel (4.1) has them.
bool ParseTcpMessage(std::string_view payload, TcpEntry& out);

// Who takes the sockets of a dump.
class TcpSink {
 public:
  virtual ~TcpSink() = default;
  // The sockets of one IP version begin, perhaps anew: forget what came of this version.
  virtual void Begin() = 0;
  virtual void Socket(const TcpEntry& entry) = 0;
};

// Pure: the lines of /proc/net/tcp{,6} in one of `states`. source: kernel's proc_net_tcp.txt
// errors: kParse naming the line that has too few fields or an address that is none
Result<void> ParseTcpTable(std::string_view text, std::uint32_t states, TcpSink& sink);

// One thread.
class TcpTable {
 public:
  // `port`: null for the real socket, which is used where `root` is live; a test's always.
  explicit TcpTable(const HostRoot& root, std::unique_ptr<NetlinkPort> port = nullptr);

  // The sockets of AF_INET or AF_INET6 in one of `states`. `traffic`: with the bytes that they have
  // carried, where the kernel tells; it takes about three times as long.
  // errors: kNotFound when the host has not that version of IP
  Result<void> Read(int family, std::uint32_t states, bool traffic, TcpSink& sink);
  // Of both, as far as the host has them. errors: kNotFound when it has neither
  Result<void> ReadAll(std::uint32_t states, bool traffic, TcpSink& sink);

 private:
  bool netlink_useful_;
  HostFile v4_, v6_;
  ReadBuffer buffer_;
  Netlink netlink_;
};

// The local ports that listen, each once, ascending.
class ListeningPorts final : public TcpSink {
 public:
  // errors: as ReadAll
  Result<void> Read(TcpTable& table);
  bool Contains(std::uint16_t port) const { return Find(port) != kNone; }
  static constexpr std::size_t kNone = ~std::size_t{0};
  std::size_t Find(std::uint16_t port) const;  // its place in ports()
  const std::vector<std::uint16_t>& ports() const { return ports_; }

  // A version's sockets come twice at worst, which does no harm here.
  void Begin() override {}
  void Socket(const TcpEntry& entry) override { ports_.push_back(entry.local_port); }

 private:
  std::vector<std::uint16_t> ports_;
};

}  // namespace ecsward
