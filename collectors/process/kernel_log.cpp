#include "collectors/process/kernel_log.h"

#include <fcntl.h>

#include <cerrno>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

// PRINTK_MESSAGE_MAX is 2 KiB, 8 KiB before Linux 6.10: a smaller buffer is EINVAL.
constexpr std::size_t kRecordBytes = 8192;

}  // namespace

int KernelLog::Open() {
  OwnedFd fd(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd.open()) return errno;
  if (::lseek(fd.get(), 0, SEEK_END) < 0) return errno;
  fd_ = std::move(fd);
  buffer_.resize(kRecordBytes);
  return 0;
}

int KernelLog::Drain(std::size_t most, const std::function<void(std::string_view)>& visit) {
  for (std::size_t count = 0; fd_.open() && count < most;) {
    const ssize_t n = ::read(fd_.get(), buffer_.data(), buffer_.size());
    if (n < 0) {
      if (errno == EAGAIN) return 0;
      if (errno == EPIPE) ++overruns_;
      ++count;
      if (errno == EPIPE || errno == EINTR) continue;  // the next read goes on with what is there
      const int error = errno;
      fd_.Close();
      return error;
    }
    if (n == 0) return 0;
    // One record, except from a plain file.
    std::string_view text(buffer_.data(), static_cast<std::size_t>(n));
    std::string_view line;
    while (NextLine(text, line)) {
      if (line.starts_with(' ')) continue;  // what belongs to the record: KEY=value
      visit(line);
      ++count;
    }
  }
  return 0;
}

}  // namespace ecsward
