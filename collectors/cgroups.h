// Control group controllers: whether each is enabled, and how many groups it has.
#pragma once

#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: cgroups(7) /proc/cgroups, "memory	4	16	1": name, hierarchy, groups, enabled
struct CgroupController {
  std::string_view name;
  double groups = 0;
  double enabled = 0;  // 0 or 1
};

// Fills `out` with views into `text`. Lines that begin with # are headings.
// errors: kParse naming the line; kParse when there is nothing at all
Result<void> ParseCgroups(std::string_view text, std::vector<CgroupController>& out);

class CgroupsCollector final : public Collector {
 public:
  explicit CgroupsCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "cgroups")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  std::vector<CgroupController> controllers_;
};

}  // namespace ecsward
