// The kernel's slab caches. Only root may read them.
#pragma once

#include <vector>

#include "collectors/all.h"
#include "collectors/name_filter.h"

namespace ecsward {

inline constexpr OptionSpec kSlabinfoOptions[] = {
    {"slabs_include", OptionKind::kRegex, ".*", "Slab caches to take."},
    {"slabs_exclude", OptionKind::kRegex, "", "Slab caches to leave out."},
};

// source: slabinfo(5) /proc/slabinfo, version 2.1
//         "dentry 11 42 192 21 1 : tunables 0 0 0 : slabdata 2 2 0"
struct Slab {
  std::string_view name;
  double active_objects = 0, objects = 0;
  double object_bytes = 0;
  double objects_per_slab = 0, pages_per_slab = 0;
};

// Fills `out` with views into `text`.
// errors: kParse naming the line; kParse when the first line is not of version 2.1
Result<void> ParseSlabinfo(std::string_view text, std::vector<Slab>& out);

// Slow: the kernel walks every cache under a lock to answer.
class SlabinfoCollector final : public Collector {
 public:
  SlabinfoCollector(const CollectorEnv& env, const CollectorOptions& options)
      : file_(env.root.File(Tree::kProc, "slabinfo")),
        filter_(options.String("slabs_include"), options.String("slabs_exclude")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  NameFilter filter_;
  std::vector<Slab> slabs_;
};

}  // namespace ecsward
