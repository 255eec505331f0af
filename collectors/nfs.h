// What the kernel's NFS client has asked of servers.
#pragma once

#include <string_view>

#include "collectors/all.h"
#include "collectors/rpc_stats.h"

namespace ecsward {

// source: /proc/net/rpc/nfs, see ParseRpcStats
class NfsCollector final : public Collector {
 public:
  explicit NfsCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "net/rpc/nfs")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  RpcStats stats_;
};

}  // namespace ecsward
