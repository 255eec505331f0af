// Free memory by the size of its blocks: how fragmented it is.
#pragma once

#include <span>
#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: proc(5) /proc/buddyinfo, "Node 0, zone   Normal   333   34   632 …"
// unit:   free blocks; the n-th number (from 0) counts blocks of 2^n pages
struct BuddyZones {
  static constexpr std::size_t kMaxOrders = 64;  // the kernel has 11; some builds a few more
  struct Zone {
    std::string_view node, zone;  // "0", "Normal"
    std::size_t first_order = 0, order_count = 0;
  };
  std::span<const double> BlocksOf(const Zone& z) const {
    return std::span(blocks).subspan(z.first_order, z.order_count);
  }

  std::vector<Zone> zones;
  std::vector<double> blocks;
};

// Fills `out` with views into `text`.
// errors: kParse naming the line; kParse without any zone
Result<void> ParseBuddyinfo(std::string_view text, BuddyZones& out);

class BuddyinfoCollector final : public Collector {
 public:
  explicit BuddyinfoCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "buddyinfo")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  BuddyZones zones_;
};

}  // namespace ecsward
