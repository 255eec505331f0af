// What the kernel's NFS server has been asked for.
#pragma once

#include <string_view>

#include "collectors/all.h"
#include "collectors/rpc_stats.h"

namespace ecsward {

// source: /proc/net/rpc/nfsd, see ParseRpcStats
class NfsdCollector final : public Collector {
 public:
  explicit NfsdCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "net/rpc/nfsd")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  RpcStats stats_;
};

}  // namespace ecsward
