#include "base/host_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ecsward {
namespace {

// A short read this small is the whole file, and asking for its end can be saved. The kernel gives
// part of a /proc file only when its next record does not fit into what is left of a page, and no
// record there is three quarters of a page long.
// https://docs.kernel.org/filesystems/seq_file.html
constexpr std::size_t kSurelyWhole = 1024;

// What is asked for at first, however large the buffer has grown: see ReadBuffer.
constexpr std::size_t kFirstAsk = 8192;

}  // namespace

void ReadBuffer::Grow(std::size_t wanted, std::size_t used) {
  if (wanted <= capacity_) return;
  std::size_t bigger = std::max<std::size_t>(4096, capacity_);
  while (bigger < wanted) bigger *= 2;
  auto fresh = std::make_unique_for_overwrite<char[]>(bigger);
  if (used > 0) std::memcpy(fresh.get(), data_.get(), used);
  data_ = std::move(fresh);
  capacity_ = bigger;
}

HostFile::HostFile(HostFile&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

HostFile& HostFile::operator=(HostFile&& other) noexcept {
  if (this != &other) {
    Close();
    path_ = std::move(other.path_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

HostFile::~HostFile() { Close(); }

void HostFile::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

int HostFile::TryRead(ReadBuffer& buffer, std::string_view& out) {
  const bool was_open = fd_ >= 0;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (fd_ < 0) {
      fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
      if (fd_ < 0) return errno;
    }
    const int error = ReadOpened(buffer, out);
    if (error == 0) return 0;
    // A kept-open file can outlive what it stood for (a re-plugged device). Try a fresh one once.
    const bool gone = error == ENODEV || error == ENOENT || error == ESTALE || error == ESRCH ||
                      error == EBADF || error == ENXIO;
    if (!was_open || !gone || attempt == 1) {
      if (gone) Close();
      return error;
    }
    Close();
  }
  return EIO;
}

int HostFile::ReadOpened(ReadBuffer& buffer, std::string_view& out) {
  std::size_t used = 0;
  buffer.Grow(4096, 0);
  for (;;) {
    if (used == buffer.capacity()) {
      if (used >= kMaxBytes) {
        buffer = ReadBuffer();  // not to be kept for one absurd file
        return EFBIG;
      }
      buffer.Grow(used * 2, used);
    }
    const std::size_t room = buffer.capacity() - used;
    const std::size_t ask = used == 0 ? std::min(room, kFirstAsk) : room;
    const ssize_t n = ::pread(fd_, buffer.data() + used, ask, static_cast<off_t>(used));
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
    if (used <= kSurelyWhole) break;  // and less than was asked for
  }
  out = std::string_view(buffer.data(), used);
  return 0;
}

Result<std::string_view> HostFile::Read(ReadBuffer& buffer) {
  std::string_view text;
  const int error = TryRead(buffer, text);
  if (error == EFBIG) return Fail(ErrorCode::kParse, path_ + ": longer than 16 MiB");
  if (error != 0) return ErrnoError(error, path_);
  return text;
}

}  // namespace ecsward
