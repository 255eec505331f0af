// A small text file of the host that is read again and again: kept open, read with pread into a
// buffer that its owner reuses. This is what makes a one-second tick cheap: opening a /proc file
// costs several times what reading it does.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward {

// Memory for file contents. Starts small: a /proc/sys file read with a 1 MiB buffer costs 105 µs
// where a 4 KiB one costs 2 µs, because the kernel allocates as much as it is asked for.
class ReadBuffer {
 public:
  char* data() { return data_.get(); }
  std::size_t capacity() const { return capacity_; }
  // Makes room for at least `wanted` bytes, keeping the first `used` ones.
  void Grow(std::size_t wanted, std::size_t used);

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
};

class HostFile {
 public:
  // The most that is read of one file; more is an error, not a memory bill.
  static constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

  HostFile() = default;
  // `path` is a real path (HostRoot made it). Nothing is opened before the first read.
  explicit HostFile(std::string path) : path_(std::move(path)) {}
  HostFile(HostFile&& other) noexcept;
  HostFile& operator=(HostFile&& other) noexcept;
  ~HostFile();

  // The whole file as it is now. The view lives until `buffer` is used again.
  // A file that was replaced or whose device went away is opened anew once before it is an error.
  // errors: as ErrnoError, with the path; kParse when longer than kMaxBytes
  Result<std::string_view> Read(ReadBuffer& buffer);

  // The same for files that are often missing or refuse (sysfs attributes): 0 or an errno, and no
  // message is built. EFBIG when longer than kMaxBytes.
  int TryRead(ReadBuffer& buffer, std::string_view& out);

  const std::string& path() const { return path_; }
  // For poll(2) on files that tell of changes (mount tables); -1 while nothing is open.
  int fd() const { return fd_; }
  void Close();

 private:
  int ReadOpened(ReadBuffer& buffer, std::string_view& out);

  std::string path_;
  int fd_ = -1;
};

}  // namespace ecsward
