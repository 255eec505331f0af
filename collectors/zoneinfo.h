// Memory zones: watermarks, sizes, what their pages are used for.
#pragma once

#include <vector>

#include "collectors/all.h"

namespace ecsward {

// One line that we know, in one zone.
// source: proc(5) /proc/zoneinfo, "Node 0, zone   Normal" and the lines that follow it; counts of
//         the whole node ("per-node stats") stand under its first zone
// unit:   pages, or events since boot where the metric is a counter
struct ZoneValue {
  std::string_view node, zone;
  const Metric* metric = nullptr;
  double value = 0;
};

// Fills `out` with views into `text`. Lines that we do not know are skipped: the kernel adds some
// in every other release. errors: kParse naming the line, when a line that we know has no number or
// stands outside a zone;
//         kParse without any zone
Result<void> ParseZoneinfo(std::string_view text, std::vector<ZoneValue>& out);

class ZoneinfoCollector final : public Collector {
 public:
  explicit ZoneinfoCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "zoneinfo")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  std::vector<ZoneValue> values_;
};

}  // namespace ecsward
