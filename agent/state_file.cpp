#include "agent/state_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace ecsward {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

Result<void> WriteAndSync(const std::string& path, std::string_view bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (file.get() < 0) return ErrnoError(errno, path);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoError(errno, path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return ErrnoError(errno, path);
  return {};
}

}  // namespace

Result<std::string> ReadStateFile(const std::string& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return ErrnoError(errno, path);
  struct stat s = {};
  if (::fstat(file.get(), &s) != 0) return ErrnoError(errno, path);
  if (!S_ISREG(s.st_mode)) return Fail(ErrorCode::kParse, path + ": not a file");
  if (static_cast<std::size_t>(s.st_size) > limit) {
    return Fail(ErrorCode::kParse, path + ": too long");
  }
  std::string bytes(static_cast<std::size_t>(s.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError(errno, path);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Result<void> WriteStateFile(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  auto done = WriteAndSync(beside, bytes);
  if (done && std::rename(beside.c_str(), path.c_str()) != 0) done = ErrnoError(errno, path);
  if (!done) {
    ::unlink(beside.c_str());
    return done;
  }
  // The rename itself: what fails here costs nothing but the newest minutes.
  const Descriptor folder(
      ::open(path.substr(0, path.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) (void)::fsync(folder.get());
  return {};
}

}  // namespace ecsward
