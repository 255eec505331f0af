#include "collectors/udp_queues.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace ecsward {
namespace {

constexpr Metric kQueues{"node_udp_queues", "Bytes that wait in the queues of UDP sockets.",
                         MetricType::kGauge, "queue,ip"};

}  // namespace

UdpQueuesCollector::UdpQueuesCollector(const CollectorEnv& env)
    : sockets_(env.root, IPPROTO_UDP, "udp") {}

Result<void> UdpQueuesCollector::Collect(const Tick&, Recorder& out) {
  std::size_t families = 0;
  for (const auto& [family, ip] : {std::pair{AF_INET, "v4"}, std::pair{AF_INET6, "v6"}}) {
    SocketTotals totals;
    if (auto added = sockets_.Add(family, totals); !added) {
      if (added.error().code == ErrorCode::kNotFound) continue;
      return added;
    }
    out.Set(kQueues, {"tx", ip}, totals.transmit_queue_bytes);
    out.Set(kQueues, {"rx", ip}, totals.receive_queue_bytes);
    ++families;
  }
  if (families == 0) return Fail(ErrorCode::kNotSupported, "neither IPv4 nor IPv6");
  return {};
}

}  // namespace ecsward
