#include "collectors/nfsd.h"

namespace ecsward {
namespace {

constexpr Metric Counter(std::string_view name, std::string_view help,
                         std::string_view labels = {}) {
  return {name, help, MetricType::kCounter, labels};
}
constexpr Metric Gauge(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kGauge};
}

// Where each number stands: the line's name and the place behind it.
struct Number {
  std::string_view line;
  std::size_t index;
  Metric metric;
};
constexpr Number kNumbers[] = {
    {"rc", 0, Counter("node_nfsd_reply_cache_hits_total", "Calls answered from the reply cache.")},
    {"rc", 1, Counter("node_nfsd_reply_cache_misses_total", "Calls put into the reply cache.")},
    {"rc", 2, Counter("node_nfsd_reply_cache_nocache_total", "Calls that need no reply cache.")},
    {"fh", 0,
     Counter("node_nfsd_file_handles_stale_total", "File handles that pointed to nothing.")},
    {"io", 0, Counter("node_nfsd_disk_bytes_read_total", "Bytes that the NFS server read.")},
    {"io", 1, Counter("node_nfsd_disk_bytes_written_total", "Bytes that the NFS server wrote.")},
    {"th", 0, Gauge("node_nfsd_server_threads", "Threads of the NFS server.")},
    {"ra", 0,
     Gauge("node_nfsd_read_ahead_cache_size_blocks", "Size of the read-ahead cache in blocks.")},
    {"ra", 11,
     Counter("node_nfsd_read_ahead_cache_not_found_total", "Misses of the read-ahead cache.")},
    {"net", 3, Counter("node_nfsd_connections_total", "TCP connections to the NFS server.")},
    {"rpc", 0, Counter("node_nfsd_server_rpcs_total", "Remote calls to the NFS server.")},
};
constexpr Metric kPackets =
    Counter("node_nfsd_packets_total", "Packets of the NFS server, sent and received.", "proto");
constexpr Metric kErrors = Counter("node_nfsd_rpc_errors_total",
                                   "Remote calls that were no good, by what was wrong.", "error");
constexpr Metric kRequests =
    Counter("node_nfsd_requests_total", "Procedures that clients called.", "proto,method");

}  // namespace

Result<void> NfsdCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  auto parsed = ParseRpcStats(*text, stats_);
  if (!parsed) return std::move(parsed).error().Context(file_.path());

  for (const Number& number : kNumbers) {
    out.Set(number.metric, stats_.Value(number.line, number.index));
  }
  out.Set(kPackets, {"udp"}, stats_.Value("net", 1));
  out.Set(kPackets, {"tcp"}, stats_.Value("net", 2));
  out.Set(kErrors, {"fmt"}, stats_.Value("rpc", 2));
  out.Set(kErrors, {"auth"}, stats_.Value("rpc", 3));
  out.Set(kErrors, {"cInt"}, stats_.Value("rpc", 4));

  struct Version {
    std::string_view line, proto;
    std::span<const std::string_view> procedures;
  };
  for (const Version& version :
       {Version{"proc2", "2", NfsV2Procedures()}, Version{"proc3", "3", NfsV3Procedures()},
        Version{"proc4ops", "4", NfsV4ServerOperations()}}) {
    const auto counts = stats_.Find(version.line);
    if (counts.empty()) continue;                                  // a kernel without this version
    for (std::size_t i = 1; i < version.procedures.size(); ++i) {  // 0 is the ping
      if (version.procedures[i].empty()) continue;
      out.Set(kRequests, {version.proto, version.procedures[i]},
              i + 1 < counts.size() ? counts[i + 1] : 0);
    }
  }
  if (!stats_.Find("wdeleg_getattr").empty()) {  // Linux 6.9
    out.Set(kRequests, {"4", "WdelegGetattr"}, stats_.Value("wdeleg_getattr", 0));
  }
  return {};
}

}  // namespace ecsward
