#include "collectors/ports/listener_dump.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <cstring>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::uint32_t kListening = 1U << TCP_LISTEN;
constexpr std::uint32_t kUnconnected = 1U << TCP_CLOSE;

bool IsAny(const ListenSocket& socket) {
  return std::all_of(socket.address.begin(), socket.address.end(),
                     [](unsigned char byte) { return byte == 0; });
}

bool IsMapped(const ListenSocket& socket) {
  static constexpr std::array<unsigned char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return socket.v6 && std::equal(kMapped.begin(), kMapped.end(), socket.address.begin());
}

// "0100007F" or 32 digits: words of the host's byte order.
bool ParseAddress(std::string_view text, bool v6, ListenSocket& out) {
  const std::size_t words = v6 ? 4 : 1;
  if (text.size() != words * 8) return false;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t word = 0;
    if (!ParseUint(text.substr(i * 8, 8), word, 16)) return false;
    const auto bytes = static_cast<std::uint32_t>(word);
    std::memcpy(out.address.data() + i * 4, &bytes, sizeof bytes);
  }
  return true;
}

bool ParseLine(std::string_view line, bool udp, bool v6, ListenSocket& out, bool& listening) {
  // "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000  33  0 12345 …"
  std::string_view field;
  std::string_view local;
  std::string_view state;
  std::string_view queues;
  std::uint64_t uid = 0;
  bool good = NextField(line, field) && NextField(line, local) && NextField(line, field) &&
              NextField(line, state) && NextField(line, queues) && NextField(line, field) &&
              NextField(line, field) && NextUint(line, uid) && NextField(line, field) &&
              NextUint(line, out.inode);
  const auto colon = local.find(':');
  std::uint64_t port = 0;
  good = good && colon != std::string_view::npos && ParseAddress(local.substr(0, colon), v6, out) &&
         ParseUint(local.substr(colon + 1), port, 16) && port <= 0xFFFF;
  const auto split = queues.find(':');
  std::uint64_t received = 0;
  good =
      good && split != std::string_view::npos && ParseUint(queues.substr(split + 1), received, 16);
  if (!good) return false;
  listening = state == (udp ? "07" : "0A");
  out.udp = udp;
  out.v6 = v6;
  out.port = static_cast<std::uint16_t>(port);
  out.uid = static_cast<std::uint32_t>(uid);
  if (!udp) out.queue = static_cast<std::uint32_t>(received);
  if (udp && NextField(line, field) && NextField(line, field)) {  // ref, pointer, drops
    std::uint64_t drops = 0;
    if (NextUint(line, drops)) out.drops = static_cast<std::uint32_t>(drops);
  }
  return true;
}

void GuessV6Only(std::vector<ListenSocket>& sockets, std::size_t from) {
  std::array<std::bitset<0x10000>, 2> taken;  // by IPv4, on all addresses: TCP, UDP
  for (std::size_t i = from; i < sockets.size(); ++i) {
    const ListenSocket& socket = sockets[i];
    if (!socket.v6 && IsAny(socket)) taken[socket.udp ? 1 : 0].set(socket.port);
  }
  for (std::size_t i = from; i < sockets.size(); ++i) {
    ListenSocket& socket = sockets[i];
    if (socket.v6 && IsAny(socket)) socket.v6_only = taken[socket.udp ? 1 : 0].test(socket.port);
  }
}

}  // namespace

std::string AddressText(const ListenSocket& socket) {
  if (socket.v6 && IsAny(socket)) return socket.v6_only ? "::" : "*";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const unsigned char* bytes = socket.address.data();
  const bool mapped = IsMapped(socket);
  if (mapped) bytes += 12;
  const char* printed =
      ::inet_ntop(socket.v6 && !mapped ? AF_INET6 : AF_INET, bytes, text.data(), text.size());
  return printed == nullptr ? "" : printed;
}

bool IsLoopback(const ListenSocket& socket) {
  if (!socket.v6) return socket.address[0] == 127;
  if (IsMapped(socket)) return socket.address[12] == 127;
  return std::all_of(socket.address.begin(), socket.address.begin() + 15,
                     [](unsigned char byte) { return byte == 0; }) &&
         socket.address[15] == 1;
}

bool ParseListenMessage(std::string_view payload, bool udp, ListenSocket& out) {
  if (payload.size() < sizeof(inet_diag_msg)) return false;
  const auto message = LoadBytes<inet_diag_msg>(payload);
  if (message.idiag_state != (udp ? TCP_CLOSE : TCP_LISTEN)) return false;
  if (message.idiag_family != AF_INET && message.idiag_family != AF_INET6) return false;
  out = {};
  out.udp = udp;
  out.v6 = message.idiag_family == AF_INET6;
  out.port = ntohs(message.id.idiag_sport);
  std::memcpy(out.address.data(), &message.id.idiag_src, out.v6 ? 16 : 4);
  out.uid = message.idiag_uid;
  out.inode = message.idiag_inode;
  if (!udp) {
    out.queue = message.idiag_rqueue;
    out.limit = message.idiag_wqueue;
  }
  std::string_view attributes = payload.substr(std::min(payload.size(), sizeof(inet_diag_msg)));
  NetlinkAttribute attribute;
  while (NextAttribute(attributes, attribute)) {
    if (attribute.type == INET_DIAG_SKMEMINFO) {
      out.drops =
          LoadBytes<std::uint32_t>(attribute.value, SK_MEMINFO_DROPS * sizeof(std::uint32_t));
    } else if (attribute.type == INET_DIAG_SKV6ONLY) {
      out.v6_only = LoadBytes<std::uint8_t>(attribute.value) != 0;
    }
  }
  return true;
}

Result<void> ParseListenTable(std::string_view text, bool udp, bool v6,
                              std::vector<ListenSocket>& out) {
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (number == 1) continue;  // headings
    ListenSocket socket;
    bool listening = false;
    if (!ParseLine(line, udp, v6, socket, listening)) {
      return LineError(number, "want an address, a state, queues, a user and an inode");
    }
    if (listening) out.push_back(socket);
  }
  return {};
}

Result<void> ReadListenTables(const std::string& path, ReadBuffer& buffer,
                              std::vector<ListenSocket>& out) {
  const std::size_t start = out.size();
  std::size_t found = 0;
  for (const auto& [name, udp, v6] : {std::tuple{"tcp", false, false},
                                      {"tcp6", false, true},
                                      {"udp", true, false},
                                      {"udp6", true, true}}) {
    HostFile file(path + name);
    std::string_view text;
    if (file.TryRead(buffer, text) != 0) continue;
    ++found;
    if (auto parsed = ParseListenTable(text, udp, v6, out); !parsed) {
      return std::move(parsed).error().Context(file.path());
    }
  }
  if (found == 0) return Fail(ErrorCode::kNotFound, path);
  GuessV6Only(out, start);
  return {};
}

void ListenerDump::Sink::Message(std::uint16_t, std::string_view payload) {
  ListenSocket socket;
  if (ParseListenMessage(payload, udp, socket)) out->push_back(socket);
}

ListenerDump::ListenerDump(const HostRoot& root, std::unique_ptr<NetlinkPort> port)
    : netlink_wanted_(root.live() || port != nullptr),
      tables_{Table{AF_INET, false, root.File(Tree::kProc, "net/tcp")},
              Table{AF_INET6, false, root.File(Tree::kProc, "net/tcp6")},
              Table{AF_INET, true, root.File(Tree::kProc, "net/udp")},
              Table{AF_INET6, true, root.File(Tree::kProc, "net/udp6")}},
      netlink_(NETLINK_SOCK_DIAG, std::move(port)) {}

int ListenerDump::Ask(const Table& table, std::vector<ListenSocket>& out) {
  inet_diag_req_v2 body{};
  body.sdiag_family = static_cast<std::uint8_t>(table.family);
  body.sdiag_protocol = table.udp ? IPPROTO_UDP : IPPROTO_TCP;
  body.idiag_ext = 1U << (INET_DIAG_SKMEMINFO - 1);
  body.idiag_states = table.udp ? kUnconnected : kListening;
  sink_.out = &out;
  sink_.start = out.size();
  sink_.udp = table.udp;
  return netlink_.Dump(SOCK_DIAG_BY_FAMILY, {reinterpret_cast<const char*>(&body), sizeof body},
                       sink_);
}

Result<void> ListenerDump::Read(std::vector<ListenSocket>& out) {
  out.clear();
  // A kernel without IPv6 answers a question about it with IPv4's sockets.
  if (runs_++ % kLook == 0 && netlink_wanted_) {
    for (Table& table : tables_) {
      table.present = ::access(table.file.path().c_str(), F_OK) == 0;
    }
  }
  std::size_t found = 0;
  bool from_text = false;
  for (Table& table : tables_) {
    if (!table.present) continue;
    const std::size_t start = out.size();
    if (netlink_wanted_ && Ask(table, out) == 0) {
      ++found;
      continue;
    }
    // Forbidden, or the kernel's diag module is missing: the text says nearly the same, slower.
    out.resize(start);
    std::string_view text;
    const int error = table.file.TryRead(buffer_, text);
    if (error == ENOENT) continue;
    if (error != 0) return ErrnoError(error, table.file.path());
    auto parsed = ParseListenTable(text, table.udp, table.family == AF_INET6, out);
    if (!parsed) return std::move(parsed).error().Context(table.file.path());
    ++found;
    from_text = true;
  }
  if (found == 0) return Fail(ErrorCode::kNotSupported, "neither IPv4 nor IPv6");
  if (from_text) GuessV6Only(out, 0);
  return {};
}

}  // namespace ecsward
