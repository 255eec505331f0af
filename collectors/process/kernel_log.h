// The kernel's log, from the moment it is opened on.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/process/owned_fd.h"

namespace ecsward {

// One thread.
class KernelLog {
 public:
  // `path` is a real path, of /dev/kmsg. Nothing is opened before Open.
  explicit KernelLog(std::string path) : path_(std::move(path)) {}

  // From the end on: what was before is somebody else's story. 0 or an errno: EPERM without
  // CAP_SYSLOG, ENOENT in a container.
  int Open();
  bool open() const { return fd_.open(); }

  // Calls `visit` with each record that is new, at most `most` of them; never waits. Records that
  // were overwritten before we came are passed over, and counted. 0 or an errno, after which the
  // log is closed.
  int Drain(std::size_t most, const std::function<void(std::string_view)>& visit);
  std::size_t overruns() const { return overruns_; }

 private:
  const std::string path_;
  OwnedFd fd_;
  std::vector<char> buffer_;
  std::size_t overruns_ = 0;
};

}  // namespace ecsward
