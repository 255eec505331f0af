#include "collectors/tcpstat.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace ecsward {
namespace {

constexpr Metric kStates{"node_tcp_connection_states",
                         "TCP sockets by state, and the bytes in their queues.", MetricType::kGauge,
                         "state"};

// By the kernel's number, tcp_states.h.
constexpr std::array<std::string_view, SocketTotals::kStates> kNames = {
    "unknown", "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait",
    "close",   "close_wait",  "last_ack", "listen",   "closing",   "unknown"};

}  // namespace

TcpstatCollector::TcpstatCollector(const CollectorEnv& env)
    : sockets_(env.root, IPPROTO_TCP, "tcp") {}

Result<void> TcpstatCollector::Collect(const Tick&, Recorder& out) {
  SocketTotals totals;
  if (auto v4 = sockets_.Add(AF_INET, totals); !v4) return NotOffered(std::move(v4).error());
  if (auto v6 = sockets_.Add(AF_INET6, totals); !v6 && v6.error().code != ErrorCode::kNotFound) {
    return v6;
  }
  // Every state, also those that no socket is in: a series that comes and goes is hard to alert on.
  for (std::size_t i = 1; i < kNames.size() - 1; ++i)
    out.Set(kStates, {kNames[i]}, totals.by_state[i]);
  const double unknown = totals.by_state.front() + totals.by_state.back();
  if (unknown > 0) out.Set(kStates, {"unknown"}, unknown);
  out.Set(kStates, {"rx_queued_bytes"}, totals.receive_queue_bytes);
  out.Set(kStates, {"tx_queued_bytes"}, totals.transmit_queue_bytes);
  return {};
}

}  // namespace ecsward
