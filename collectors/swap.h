// Swap devices and files.
#pragma once

#include <vector>

#include "collectors/all.h"

namespace ecsward {

// source: proc(5) /proc/swaps, "/dev/vda2   partition   2097148   12   -2"
// unit:   KiB in the file → bytes here
struct SwapArea {
  std::string_view device;  // as the kernel writes it: a blank in a path is \040
  std::string_view type;    // "partition" or "file"
  double size_bytes = 0, used_bytes = 0;
  double priority = 0;  // may be negative
};

// Fills `out` with views into `text`; none is fine.
// errors: kParse naming the line, also when the headings are missing
Result<void> ParseSwaps(std::string_view text, std::vector<SwapArea>& out);

// kNotSupported where the kernel was built without swap.
class SwapCollector final : public Collector {
 public:
  explicit SwapCollector(const CollectorEnv& env) : file_(env.root.File(Tree::kProc, "swaps")) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer buffer_;
  std::vector<SwapArea> areas_;
};

}  // namespace ecsward
