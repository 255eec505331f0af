#include "metrics/history_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <vector>

namespace ecsward {
namespace {

namespace fs = std::filesystem;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// 0 or an errno.
int WriteSynced(const std::string& path, std::string_view bytes) {
  const Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (file.get() < 0) return errno;
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file.get()) == 0 ? 0 : errno;
}

std::string FolderOf(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Result<void> WriteFileAtomically(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  int error = WriteSynced(beside, bytes);
  if (error == 0 && std::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    unlink(beside.c_str());
    return ErrnoError(error, path);
  }
  // The new name is on the disk when the folder is. That some file systems cannot do this is no
  // reason to fail: the file is whole in any case.
  const Fd folder(open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) (void)fsync(folder.get());
  return {};
}

Result<std::string> ReadWholeFile(const std::string& path, std::size_t max_bytes) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return ErrnoError(errno, path);
  constexpr std::size_t kStep = std::size_t{256} << 10;
  std::string out;
  for (std::size_t used = 0;;) {
    out.resize(used + kStep);
    const ssize_t got = read(file.get(), out.data() + used, kStep);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError(errno, path);
    used += static_cast<std::size_t>(got);
    if (used > max_bytes) {
      return Fail(ErrorCode::kParse,
                  path + ": longer than " + std::to_string(max_bytes) + " bytes");
    }
    if (got == 0) {
      out.resize(used);
      return out;
    }
  }
}

Result<std::string> SetAside(const std::string& path, WallTime now) {
  const std::string start = path + ".corrupt-";
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const std::string name = start + std::to_string(seconds.count());
  if (std::rename(path.c_str(), name.c_str()) != 0) return ErrnoError(errno, path);
  std::error_code ignored;
  std::vector<fs::path> older;
  for (fs::directory_iterator it(FolderOf(path), ignored), end; !ignored && it != end;
       it.increment(ignored)) {
    const std::string other = (fs::path(path).parent_path() / it->path().filename()).string();
    if (other.starts_with(start) && other != name) older.push_back(it->path());
  }
  for (const fs::path& file : older) fs::remove(file, ignored);
  return name;
}

}  // namespace ecsward
