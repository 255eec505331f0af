// Open file handles of the whole host.
#pragma once

#include "collectors/all.h"

namespace ecsward {

// source: proc(5) /proc/sys/fs/file-nr, "1184\t0\t9223372036854775807"
// note:   the middle number (free handles) has been 0 since Linux 2.6
struct FileHandles {
  double allocated = 0;
  double maximum = 0;  // fs.file-max
};

// errors: kParse when there are fewer than three numbers
Result<FileHandles> ParseFileNr(std::string_view text);

class FilefdCollector final : public Collector {
 public:
  explicit FilefdCollector(const CollectorEnv& env)
      : file_(env.root.File(Tree::kProc, "sys/fs/file-nr")), buffer_(env.shared.buffer) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  HostFile file_;
  ReadBuffer& buffer_;
};

}  // namespace ecsward
