// A file that several collectors need in the same tick, read once: /proc/stat (cpu and stat).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/host_file.h"
#include "collectors/collector.h"

namespace ecsward {

// For the collectors that run on every tick, which one thread calls; not for slow ones.
class SharedFile {
 public:
  explicit SharedFile(HostFile file) : file_(std::move(file)) {}

  // The file as of this tick; the view lives until the next tick.
  Result<std::string_view> Read(const Tick& tick) {
    if (tick.number != tick_ || tick.number == 0) {
      tick_ = tick.number;
      text_ = file_.Read(buffer_);
    }
    if (!text_) return text_.error();
    return *text_;
  }

  const std::string& path() const { return file_.path(); }

 private:
  HostFile file_;
  ReadBuffer buffer_;
  std::uint64_t tick_ = 0;
  Result<std::string_view> text_ = std::string_view();
};

}  // namespace ecsward
