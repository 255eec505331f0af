#include "collectors/ports/tcp_table.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::size_t kAckedAt = offsetof(tcp_info, tcpi_bytes_acked);
constexpr std::size_t kReceivedAt = offsetof(tcp_info, tcpi_bytes_received);
constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool IsMappedV4(const IpAddress& address) {
  return std::memcmp(address.bytes.data(), kMappedPrefix, sizeof kMappedPrefix) == 0;
}

std::uint16_t HostPort(std::uint16_t network_order) { return ntohs(network_order); }

// "0100007F:1F90": words of the address in the machine's byte order, each as eight digits.
bool ParseEnd(std::string_view text, IpAddress& address, std::uint16_t& port) {
  const auto colon = text.find(':');
  if (colon != 8 && colon != 32) return false;
  std::uint64_t number = 0;
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < colon / 8; ++i) {
    if (!ParseUint(text.substr(i * 8, 8), number, 16)) return false;
    words[i] = static_cast<std::uint32_t>(number);
  }
  if (!ParseUint(text.substr(colon + 1), number, 16) || number > 0xffff) return false;
  port = static_cast<std::uint16_t>(number);
  if (colon == 8) {
    address = MappedV4(words.data());
  } else {
    std::memcpy(address.bytes.data(), words.data(), sizeof words);
  }
  return true;
}

// Fields: number, local, remote, state, queues, timer, retransmits, uid, timeout, inode.
bool ParseLine(std::string_view line, TcpEntry& out) {
  std::string_view field;
  std::uint64_t state = 0;
  out = {};
  if (!NextField(line, field)) return false;
  if (!NextField(line, field) || !ParseEnd(field, out.local, out.local_port)) return false;
  if (!NextField(line, field) || !ParseEnd(field, out.remote, out.remote_port)) return false;
  if (!NextField(line, field) || !ParseUint(field, state, 16)) return false;
  out.state = static_cast<std::uint8_t>(std::min<std::uint64_t>(state, 0xff));
  for (int skipped = 0; skipped < 5; ++skipped) {
    if (!NextField(line, field)) return false;
  }
  return NextUint(line, out.inode);
}

// Turns netlink's messages into sockets.
struct MessageSink final : NetlinkSink {
  explicit MessageSink(TcpSink& to) : sink(to) {}
  void Begin() override { sink.Begin(); }
  void Message(std::uint16_t, std::string_view payload) override {
    if (TcpEntry entry; ParseTcpMessage(payload, entry)) sink.Socket(entry);
  }
  TcpSink& sink;
};

}  // namespace

IpAddress MappedV4(const void* four_bytes) {
  IpAddress out;
  std::memcpy(out.bytes.data(), kMappedPrefix, sizeof kMappedPrefix);
  std::memcpy(out.bytes.data() + sizeof kMappedPrefix, four_bytes, 4);
  return out;
}

bool IsLoopback(const IpAddress& address) {
  if (IsMappedV4(address)) return address.bytes[12] == 127;
  const bool zeros = std::all_of(address.bytes.begin(), address.bytes.end() - 1,
                                 [](std::uint8_t byte) { return byte == 0; });
  return zeros && address.bytes.back() == 1;
}

std::string ToString(const IpAddress& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (IsMappedV4(address)) {
    (void)::inet_ntop(AF_INET, address.bytes.data() + sizeof kMappedPrefix, text, sizeof text);
  } else {
    (void)::inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
  }
  return text;
}

bool ParseTcpMessage(std::string_view payload, TcpEntry& out) {
  if (payload.size() < sizeof(inet_diag_msg)) return false;
  const auto socket = LoadBytes<inet_diag_msg>(payload);
  out = {};
  if (socket.idiag_family == AF_INET) {
    out.local = MappedV4(socket.id.idiag_src);
    out.remote = MappedV4(socket.id.idiag_dst);
  } else if (socket.idiag_family == AF_INET6) {
    std::memcpy(out.local.bytes.data(), socket.id.idiag_src, out.local.bytes.size());
    std::memcpy(out.remote.bytes.data(), socket.id.idiag_dst, out.remote.bytes.size());
  } else {
    return false;
  }
  out.state = socket.idiag_state;
  out.local_port = HostPort(socket.id.idiag_sport);
  out.remote_port = HostPort(socket.id.idiag_dport);
  out.inode = socket.idiag_inode;
  payload.remove_prefix(std::min(payload.size(), NLMSG_ALIGN(sizeof(inet_diag_msg))));
  for (NetlinkAttribute attribute; NextAttribute(payload, attribute);) {
    if (attribute.type != INET_DIAG_INFO) continue;
    if (attribute.value.size() < kReceivedAt + sizeof(std::uint64_t)) break;  // an older kernel
    out.has_bytes = true;
    out.bytes = LoadBytes<std::uint64_t>(attribute.value, kAckedAt) +
                LoadBytes<std::uint64_t>(attribute.value, kReceivedAt);
    break;
  }
  return true;
}

Result<void> ParseTcpTable(std::string_view text, std::uint32_t states, TcpSink& sink) {
  std::string_view line;
  TcpEntry entry;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (number == 1) continue;  // headings
    if (!ParseLine(line, entry)) {
      return LineError(number, "want two addresses, a state and, sixth after it, an inode");
    }
    if (entry.state < 32 && (states >> entry.state & 1U) != 0) sink.Socket(entry);
  }
  return {};
}

TcpTable::TcpTable(const HostRoot& root, std::unique_ptr<NetlinkPort> port)
    : netlink_useful_(port != nullptr || root.live()),
      v4_(root.File(Tree::kProc, "net/tcp")),
      v6_(root.File(Tree::kProc, "net/tcp6")),
      netlink_(NETLINK_SOCK_DIAG, std::move(port)) {}

Result<void> TcpTable::Read(int family, std::uint32_t states, bool traffic, TcpSink& sink) {
  HostFile& file = family == AF_INET6 ? v6_ : v4_;
  if (netlink_useful_ && ::access(file.path().c_str(), F_OK) == 0) {
    inet_diag_req_v2 body{};
    body.sdiag_family = static_cast<std::uint8_t>(family);
    body.sdiag_protocol = IPPROTO_TCP;
    body.idiag_states = states;
    if (traffic) body.idiag_ext = 1U << (INET_DIAG_INFO - 1);
    MessageSink messages(sink);
    const int error = netlink_.Dump(SOCK_DIAG_BY_FAMILY,
                                    {reinterpret_cast<const char*>(&body), sizeof body}, messages);
    if (error == 0) return {};
    // Forbidden, or the kernel's diag module is missing: the text says the same, only slower.
  }
  auto text = file.Read(buffer_);
  if (!text) return std::move(text).error();
  sink.Begin();
  auto parsed = ParseTcpTable(*text, states, sink);
  if (!parsed) return std::move(parsed).error().Context(file.path());
  return {};
}

Result<void> TcpTable::ReadAll(std::uint32_t states, bool traffic, TcpSink& sink) {
  auto v4 = Read(AF_INET, states, traffic, sink);
  if (!v4 && v4.error().code != ErrorCode::kNotFound) return v4;
  auto v6 = Read(AF_INET6, states, traffic, sink);
  if (v6 || v6.error().code != ErrorCode::kNotFound) return v6;
  return v4;
}

Result<void> ListeningPorts::Read(TcpTable& table) {
  ports_.clear();
  auto read = table.ReadAll(kListenState, false, *this);
  std::sort(ports_.begin(), ports_.end());
  ports_.erase(std::unique(ports_.begin(), ports_.end()), ports_.end());
  return read;
}

std::size_t ListeningPorts::Find(std::uint16_t port) const {
  const auto found = std::lower_bound(ports_.begin(), ports_.end(), port);
  if (found == ports_.end() || *found != port) return kNone;
  return static_cast<std::size_t>(found - ports_.begin());
}

}  // namespace ecsward
