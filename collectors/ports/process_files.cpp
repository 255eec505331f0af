#include "collectors/ports/process_files.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "collectors/text_scan.h"

namespace ecsward {

int ProcessFiles::OpenAt(int folder, const char* name, int flags) {
  const int fd = ::openat(folder, name, flags | O_CLOEXEC);
  return fd < 0 ? -errno : fd;
}

std::ptrdiff_t ProcessFiles::ReadLinkAt(int folder, const char* name, char* buffer,
                                        std::size_t size) {
  const ssize_t length = ::readlinkat(folder, name, buffer, size);
  return length < 0 ? -errno : length;
}

int FolderReader::Open(ProcessFiles& files, const char* path) {
  Close();
  const int fd = files.OpenAt(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return -fd;
  fd_ = fd;
  at_ = end_ = 0;
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBytes);
  return 0;
}

void FolderReader::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

// source: getdents64(2): u64 inode, i64 offset, u16 length of the record, u8 type, name
const char* FolderReader::Next() {
  constexpr std::size_t kLengthAt = 16;
  constexpr std::size_t kNameAt = 19;
  if (fd_ < 0) return nullptr;
  if (at_ >= end_) {
    const long n = ::syscall(SYS_getdents64, fd_, buffer_.get(), kBytes);
    if (n <= 0) return nullptr;
    at_ = 0;
    end_ = static_cast<std::size_t>(n);
  }
  std::uint16_t length = 0;
  std::memcpy(&length, buffer_.get() + at_ + kLengthAt, sizeof length);
  const char* name = buffer_.get() + at_ + kNameAt;
  at_ += length;
  return name;
}

std::uint64_t ParseSocketLink(std::string_view target) {
  constexpr std::string_view kBegin = "socket:[";
  if (!target.starts_with(kBegin) || !target.ends_with(']')) return 0;
  target.remove_prefix(kBegin.size());
  target.remove_suffix(1);
  std::uint64_t inode = 0;
  return ParseUint(target, inode) ? inode : 0;
}

std::uint64_t ReadSocketLink(ProcessFiles& files, int folder, const char* name, int& error) {
  std::array<char, 64> target;  // what is longer is no socket
  const auto length = files.ReadLinkAt(folder, name, target.data(), target.size());
  error = length < 0 ? static_cast<int>(-length) : 0;
  if (length <= 0) return 0;
  return ParseSocketLink({target.data(), static_cast<std::size_t>(length)});
}

}  // namespace ecsward
