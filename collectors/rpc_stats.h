// The lines of /proc/net/rpc/nfs and /proc/net/rpc/nfsd, which the NFS client and server share.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

// source: https://docs.kernel.org/filesystems/nfs/knfsd-stats.html and the tool nfsstat(8)
//
//   net 70 70 69 45             packets, of them UDP and TCP, TCP connections
//   rpc 1218785755 374636 …     calls, …
//   proc3 22 1 4084749 …        how many procedures follow, then calls of each
//
// All are counts since boot.
struct RpcStats {
  struct Line {
    std::string_view name;  // "net", "proc3"
    std::size_t first_value = 0, values = 0;
  };

  // The numbers behind `name`; empty when there is no such line.
  std::span<const double> Find(std::string_view name) const;
  // The number at `index` behind `name`; 0 when there is none.
  double Value(std::string_view name, std::size_t index) const;

  std::vector<Line> lines;
  std::vector<double> values;
};

// Fills `out` with views into `text`, reusing its memory.
// errors: kParse naming the line, when something behind a name is no number
Result<void> ParseRpcStats(std::string_view text, RpcStats& out);

// The procedures by number, as the lines proc2, proc3, proc4 and proc4ops count them. Names are
// node_exporter's.
std::span<const std::string_view> NfsV2Procedures();
std::span<const std::string_view> NfsV3Procedures();
std::span<const std::string_view> NfsV4ClientProcedures();
std::span<const std::string_view> NfsV4ServerOperations();  // empty: not shown

}  // namespace ecsward
