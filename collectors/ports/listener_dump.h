// Every socket that waits for somebody: TCP in LISTEN, UDP without a peer. From netlink's
// sock_diag, which hands out listeners alone, or from the text of /proc/net/tcp and its likes, for
// which the kernel walks all connections too.
// source: https://man7.org/linux/man-pages/man7/sock_diag.7.html
//         https://docs.kernel.org/networking/proc_net_tcp.html
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

struct ListenSocket {
  bool udp = false;
  bool v6 = false;
  bool v6_only = false;                     // of an IPv6 socket: does not take IPv4 as well
  std::uint16_t port = 0;                   // as people write it
  std::array<unsigned char, 16> address{};  // network order; IPv4 in the first four
  std::uint32_t uid = 0;
  std::uint64_t inode = 0;  // 0: the kernel's own socket
  // TCP: connections that wait to be accepted, and how many may (0: not known, from text).
  std::uint32_t queue = 0, limit = 0;
  std::uint32_t drops = 0;  // since the socket was made; wraps around
};

// "0.0.0.0", "::" (IPv6 only), "*" (a dual-stack socket on all addresses), "127.0.0.1".
std::string AddressText(const ListenSocket& socket);
bool IsLoopback(const ListenSocket& socket);

// Pure: the payload of one sock_diag answer. False when it is too short, or no listener.
bool ParseListenMessage(std::string_view payload, bool udp, ListenSocket& out);

// Pure: appends the listeners of /proc/net/{tcp,udp}{,6}.
// note:   the text does not tell IPv6-only sockets from dual-stack ones: a "::" for which IPv4 has
//         the same port too is taken for IPv6-only by ListenerDump, else for both
// errors: kParse naming the line that has too few fields
Result<void> ParseListenTable(std::string_view text, bool udp, bool v6,
                              std::vector<ListenSocket>& out);

// All four texts of one network namespace: `path` is up to "net/", "/proc/self/net/". Sockets are
// appended. errors: kNotFound where there is none of the four
Result<void> ReadListenTables(const std::string& path, ReadBuffer& buffer,
                              std::vector<ListenSocket>& out);

// One thread.
class ListenerDump {
 public:
  // `port`: null for the real netlink, which only a live root is asked by.
  explicit ListenerDump(const HostRoot& root, std::unique_ptr<NetlinkPort> port = nullptr);

  // All of them now; cleared and refilled. errors: kNotSupported when the host has no IP
  Result<void> Read(std::vector<ListenSocket>& out);

 private:
  struct Sink final : NetlinkSink {
    void Begin() override { out->resize(start); }
    void Message(std::uint16_t, std::string_view payload) override;
    std::vector<ListenSocket>* out = nullptr;
    std::size_t start = 0;
    bool udp = false;
  };
  struct Table {
    int family;
    bool udp;
    HostFile file;
    bool present = true;  // looked at again every kLook runs
  };
  static constexpr unsigned kLook = 60;

  int Ask(const Table& table, std::vector<ListenSocket>& out);

  bool netlink_wanted_;
  std::array<Table, 4> tables_;
  ReadBuffer buffer_;
  Netlink netlink_;
  Sink sink_;
  unsigned runs_ = 0;
};

}  // namespace ecsward
