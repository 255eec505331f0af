// The few ways in which /proc/PID is looked at to find out who has a socket open. Virtual, so that
// tests can deny and count: they run as root, whom the kernel denies nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ecsward {

class ProcessFiles {
 public:
  virtual ~ProcessFiles() = default;
  // A descriptor, or a negative errno. `folder` may be AT_FDCWD.
  virtual int OpenAt(int folder, const char* name, int flags);
  // The target's length, or a negative errno.
  virtual std::ptrdiff_t ReadLinkAt(int folder, const char* name, char* buffer, std::size_t size);
};

// The names in a folder, one after another: readdir, but its memory is kept from one folder to the
// next, of which there are thousands.
class FolderReader {
 public:
  FolderReader() = default;
  FolderReader(const FolderReader&) = delete;
  FolderReader& operator=(const FolderReader&) = delete;
  ~FolderReader() { Close(); }

  int Open(ProcessFiles& files, const char* path);  // 0 or an errno
  void Close();
  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  const char* Next();  // null at the end

 private:
  static constexpr std::size_t kBytes = 8192;
  int fd_ = -1;
  std::unique_ptr<char[]> buffer_;
  std::size_t at_ = 0, end_ = 0;
};

// "socket:[4711]" → 4711; 0 for what is no socket.
std::uint64_t ParseSocketLink(std::string_view target);

// The socket that a link of /proc/PID/fd leads to; 0: none, or it cannot be read. `error` is 0 or
// an errno.
std::uint64_t ReadSocketLink(ProcessFiles& files, int folder, const char* name, int& error);

}  // namespace ecsward
