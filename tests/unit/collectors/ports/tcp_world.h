// The kernel's answers about TCP sockets, put together by hand.
#pragma once

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "tests/unit/collectors/fake_netlink.h"

namespace ecsward {

struct FakeSocket {
  int state = 1;  // established
  std::uint16_t local_port = 0;
  const char* remote = "203.0.113.7";
  std::uint16_t remote_port = 0;
  std::uint64_t bytes = 0;
  const char* local = "10.0.0.5";
  bool info = true;
};

// The payload of one message; `remote` with a colon is IPv6.
inline std::string TcpMessage(const FakeSocket& socket) {
  inet_diag_msg message{};
  const bool v6 = std::string_view(socket.remote).find(':') != std::string_view::npos;
  message.idiag_family = v6 ? AF_INET6 : AF_INET;
  message.idiag_state = static_cast<std::uint8_t>(socket.state);
  message.id.idiag_sport = htons(socket.local_port);
  message.id.idiag_dport = htons(socket.remote_port);
  (void)::inet_pton(v6 ? AF_INET6 : AF_INET, socket.local, message.id.idiag_src);
  (void)::inet_pton(v6 ? AF_INET6 : AF_INET, socket.remote, message.id.idiag_dst);
  message.idiag_inode = 77;
  std::string out = Bytes(message);
  if (!socket.info) return out;
  std::string info(232, '\0');  // tcp_info
  const std::uint64_t acked = socket.bytes / 4;
  const std::uint64_t received = socket.bytes - acked;
  std::memcpy(info.data() + 120, &acked, sizeof acked);
  std::memcpy(info.data() + 128, &received, sizeof received);
  return out + Attribute(INET_DIAG_INFO, info);
}

// One dump of these sockets.
inline std::vector<FakeNetlinkPort::Datagram> TcpDump(const std::vector<FakeSocket>& sockets) {
  std::vector<FakeNetlinkPort::Datagram> out;
  std::string bytes;
  for (const FakeSocket& socket : sockets) {
    bytes += NetlinkBytes(SOCK_DIAG_BY_FAMILY, TcpMessage(socket));
    if (bytes.size() > 8192) out.push_back({0, std::exchange(bytes, {})});
  }
  out.push_back({0, bytes});
  out.push_back({0, DumpEnd()});
  return out;
}

}  // namespace ecsward
