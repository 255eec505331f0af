// Software RAID.
#pragma once

#include <vector>

#include "collectors/all.h"

namespace ecsward {

enum class MdState { kActive, kInactive, kRecovering, kResync, kCheck };

// source: https://raid.wiki.kernel.org/index.php/Mdstat, /proc/mdstat:
//
//   md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]
//         195310144 blocks [2/1] [U_]
//         [=>...................]  recovery =  8.5% (16775552/195310144) finish=17.0min …
//
// unit:   blocks of 1 KiB
// note:   raid0 and linear have no redundancy and so no [2/1]: their disks are counted
struct MdArray {
  std::string_view name;  // into the text
  MdState state = MdState::kActive;
  double disks_active = 0, disks_failed = 0, disks_spare = 0, disks_required = 0;
  double blocks = 0;
  double blocks_synced = 0;  // all of them when no sync is under way, 0 while one waits
};

// Pure. `out` is cleared and refilled.
// errors: kParse naming the first line that makes no sense; the arrays that do are in `out`
Result<void> ParseMdstat(std::string_view text, std::vector<MdArray>& out);

class MdadmCollector final : public Collector {
 public:
  explicit MdadmCollector(const CollectorEnv& env) : file_(env.root.File(Tree::kProc, "mdstat")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  std::vector<MdArray> arrays_;
};

}  // namespace ecsward
