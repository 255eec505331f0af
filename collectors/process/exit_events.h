// The kernel tells of each process that ends: netlink's process connector.
// source: linux/cn_proc.h, https://docs.kernel.org/driver-api/connector.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "collectors/process/exit_log.h"
#include "collectors/process/owned_fd.h"

namespace ecsward {

// As wait(2) has it: status in the second byte, or the signal in the first, 0x80 for a core.
void SetHow(std::uint32_t exit_code, ProcessEnd& out);

// Pure: one datagram. `visit` with each process (not each thread) that has ended; its time and
// names are the caller's to fill in. Stops at the first length that cannot be true.
void ParseExitEvents(std::string_view datagram,
                     const std::function<void(const ProcessEnd&)>& visit);

// One thread.
class ExitEvents {
 public:
  // 0 or an errno: EPERM without CAP_NET_ADMIN, EPROTONOSUPPORT without the connector,
  // ECONNREFUSED in another namespace than the host's first.
  int Open();
  bool open() const { return fd_.open(); }
  void Close() { fd_.Close(); }

  // What has come since the last call, at most `most` datagrams; never waits. What is left then is
  // dropped by the kernel when the socket is full, which is counted as one overrun.
  void Drain(std::size_t most, const std::function<void(const ProcessEnd&)>& visit);
  std::size_t overruns() const { return overruns_; }

 private:
  OwnedFd fd_;
  std::vector<char> buffer_;
  std::size_t overruns_ = 0;
};

}  // namespace ecsward
