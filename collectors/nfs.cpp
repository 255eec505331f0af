#include "collectors/nfs.h"

namespace ecsward {
namespace {

constexpr Metric Counter(std::string_view name, std::string_view help,
                         std::string_view labels = {}) {
  return {name, help, MetricType::kCounter, labels};
}
constexpr Metric kPackets =
    Counter("node_nfs_packets_total", "Packets of the NFS client, sent and received.", "protocol");
constexpr Metric kConnections =
    Counter("node_nfs_connections_total", "TCP connections of the NFS client.");
constexpr Metric kRpcs = Counter("node_nfs_rpcs_total", "Remote calls of the NFS client.");
constexpr Metric kRetransmissions =
    Counter("node_nfs_rpc_retransmissions_total", "Remote calls that were sent again.");
constexpr Metric kRefreshes = Counter("node_nfs_rpc_authentication_refreshes_total",
                                      "Times the NFS client renewed its credentials.");
constexpr Metric kRequests =
    Counter("node_nfs_requests_total", "Procedures that the NFS client called.", "proto,method");

}  // namespace

Result<void> NfsCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  auto parsed = ParseRpcStats(*text, stats_);
  if (!parsed) return std::move(parsed).error().Context(file_.path());

  out.Set(kPackets, {"udp"}, stats_.Value("net", 1));
  out.Set(kPackets, {"tcp"}, stats_.Value("net", 2));
  out.Set(kConnections, stats_.Value("net", 3));
  out.Set(kRpcs, stats_.Value("rpc", 0));
  out.Set(kRetransmissions, stats_.Value("rpc", 1));
  out.Set(kRefreshes, stats_.Value("rpc", 2));

  struct Version {
    std::string_view line, proto;
    std::span<const std::string_view> procedures;
  };
  for (const Version& version :
       {Version{"proc2", "2", NfsV2Procedures()}, Version{"proc3", "3", NfsV3Procedures()},
        Version{"proc4", "4", NfsV4ClientProcedures()}}) {
    // The first number is how many follow; an older kernel has fewer of them.
    const auto counts = stats_.Find(version.line);
    if (counts.empty()) continue;  // a kernel without this version
    for (std::size_t i = 0; i < version.procedures.size(); ++i) {
      out.Set(kRequests, {version.proto, version.procedures[i]},
              i + 1 < counts.size() ? counts[i + 1] : 0);
    }
  }
  return {};
}

}  // namespace ecsward
