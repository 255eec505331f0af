#include "collectors/socket_table.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

void AddState(std::uint64_t state, SocketTotals& totals) {
  ++totals.by_state[state < SocketTotals::kStates ? state : 0];
}

}  // namespace

bool AddSocketMessage(std::string_view payload, SocketTotals& totals) {
  if (payload.size() < sizeof(inet_diag_msg)) return false;
  const auto socket = LoadBytes<inet_diag_msg>(payload);
  AddState(socket.idiag_state, totals);
  totals.receive_queue_bytes += socket.idiag_rqueue;
  totals.transmit_queue_bytes += socket.idiag_wqueue;
  return true;
}

Result<void> AddSocketTable(std::string_view text, SocketTotals& totals) {
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (number == 1) continue;  // headings
    // "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 …": state, then sent:received
    std::string_view skipped;
    std::string_view state_text;
    std::string_view queues;
    std::uint64_t state = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    bool good = NextField(line, skipped) && NextField(line, skipped) && NextField(line, skipped) &&
                NextField(line, state_text) && NextField(line, queues);
    const auto colon = queues.find(':');
    good = good && colon != std::string_view::npos && ParseUint(state_text, state, 16) &&
           ParseUint(queues.substr(0, colon), sent, 16) &&
           ParseUint(queues.substr(colon + 1), received, 16);
    if (!good) {
      return Fail(ErrorCode::kParse,
                  "line " + std::to_string(number) + ": want a state and two queues");
    }
    AddState(state, totals);
    totals.transmit_queue_bytes += static_cast<double>(sent);
    totals.receive_queue_bytes += static_cast<double>(received);
  }
  return {};
}

SocketTable::SocketTable(const HostRoot& root, int protocol, std::string_view name)
    : live_(root.live()),
      protocol_(protocol),
      v4_(root.File(Tree::kProc, std::string("net/").append(name))),
      v6_(root.File(Tree::kProc, std::string("net/").append(name).append("6"))),
      netlink_(NETLINK_SOCK_DIAG) {}

Result<void> SocketTable::Add(int family, SocketTotals& totals) {
  HostFile& file = family == AF_INET6 ? v6_ : v4_;
  if (live_ && ::access(file.path().c_str(), F_OK) == 0) {
    inet_diag_req_v2 body{};
    body.sdiag_family = static_cast<std::uint8_t>(family);
    body.sdiag_protocol = static_cast<std::uint8_t>(protocol_);
    body.idiag_states = ~0U;
    const int error = netlink_.Dump(SOCK_DIAG_BY_FAMILY,
                                    {reinterpret_cast<const char*>(&body), sizeof body}, sink_);
    if (error == 0) {
      for (std::size_t i = 0; i < SocketTotals::kStates; ++i) {
        totals.by_state[i] += sink_.totals.by_state[i];
      }
      totals.receive_queue_bytes += sink_.totals.receive_queue_bytes;
      totals.transmit_queue_bytes += sink_.totals.transmit_queue_bytes;
      return {};
    }
    // Forbidden, or the kernel's diag module is missing: the text says the same, only slower.
  }
  auto text = file.Read(buffer_);
  if (!text) return std::move(text).error();
  auto added = AddSocketTable(*text, totals);
  if (!added) return std::move(added).error().Context(file.path());
  return {};
}

}  // namespace ecsward
