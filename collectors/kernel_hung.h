// Tasks that the kernel found hung: blocked for more than kernel.hung_task_timeout_secs.
#pragma once

#include "collectors/all.h"

namespace ecsward {

// source: https://docs.kernel.org/admin-guide/sysctl/kernel.html#hung-task-detect-count, since
//         Linux 6.13 (and only with CONFIG_DETECT_HUNG_TASK); else kNotSupported
class KernelHungCollector final : public Collector {
 public:
  explicit KernelHungCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "sys/kernel/hung_task_detect_count")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
};

}  // namespace ecsward
