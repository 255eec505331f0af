// The process groups as the `process` collector saw them last: for `ecsward status`.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace ecsward {

// Over the last full look at all processes.
struct ProcessGroupUse {
  std::string group;  // safe for terminals
  std::uint64_t processes = 0, threads = 0;
  double cpu_cores = 0;
  double resident_bytes = 0;
  double io_bytes_per_second = 0;
};

struct GroupPicture {
  std::int64_t time_ms = 0;
  std::vector<ProcessGroupUse> groups;  // the biggest user of CPU first
  std::string note;                     // what is missing, and why
};

// Thread-safe.
class GroupBoard {
 public:
  void Publish(std::shared_ptr<const GroupPicture> picture) {
    const std::lock_guard lock(mutex_);
    picture_ = std::move(picture);
  }
  // Null before the first look, and where the collector is off.
  std::shared_ptr<const GroupPicture> Read() const {
    const std::lock_guard lock(mutex_);
    return picture_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const GroupPicture> picture_;
};

}  // namespace ecsward
