// The kernel's name and version, and the host's name.
#pragma once

#include <array>

#include "collectors/all.h"

namespace ecsward {

// source: uname(2) on the live host; elsewhere (a captured machine) /proc/sys/kernel/{ostype,
//         osrelease,version,hostname,domainname,arch}, which the kernel fills from the same place
class UnameCollector final : public Collector {
 public:
  explicit UnameCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  Result<void> ReadFiles();

  const Kernel& kernel_;
  const bool live_;
  std::array<HostFile, 6> files_;
  ReadBuffer buffer_;
  UnameInfo info_;
};

}  // namespace ecsward
