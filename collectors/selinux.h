// Whether SELinux guards the host, and how its decision cache does.
#pragma once

#include "collectors/all.h"

namespace ecsward {

// The access vector cache, summed over CPUs.
// source: /sys/fs/selinux/avc/cache_stats, a line of names and then one line a CPU
struct AvcCounters {
  double lookups = 0, hits = 0, misses = 0, allocations = 0, reclaims = 0, frees = 0;
};
// source: /sys/fs/selinux/avc/hash_stats: "entries: 503", "buckets used: 288/512", "longest chain:
// 5"
struct AvcHash {
  double entries = 0, buckets_used = 0, buckets_available = 0, longest_chain = 0;
};

// errors: kParse naming the line
Result<AvcCounters> ParseAvcCacheStats(std::string_view text);
Result<AvcHash> ParseAvcHashStats(std::string_view text);
// <rootfs>/etc/selinux/config: enforcing → 1, permissive → 0, disabled or nothing → -1
int ParseSelinuxConfig(std::string_view text);

class SelinuxCollector final : public Collector {
 public:
  explicit SelinuxCollector(const CollectorEnv& env);
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile enforce_, cache_stats_, hash_stats_, threshold_;
  HostFile config_;
  MonoTime config_due_{};
  int config_mode_ = -1;
  ReadBuffer buffer_;
};

}  // namespace ecsward
