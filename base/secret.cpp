#include "base/secret.h"

#include <fcntl.h>
#include <strings.h>
#include <unistd.h>

#include <cerrno>
#include <ostream>
#include <utility>

namespace ecsward {
namespace {

// explicit_bzero is not optimised away. The whole capacity: a short string may have been a longer
// one.
void Wipe(std::string& value) {
  value.resize(value.capacity());
  ::explicit_bzero(value.data(), value.size());
  value.clear();
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : value_(std::move(other.value_)) {
  Wipe(other.value_);  // a short string is copied by the move
}

Secret& Secret::operator=(Secret other) noexcept {
  value_.swap(other.value_);
  return *this;
}

Secret::~Secret() { Wipe(value_); }

Result<Secret> Secret::FromFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoError(errno, path);
  Secret secret;
  // One allocation, so that no half-read copy stays behind in freed memory.
  secret.value_.resize(kMaxBytes + 1);
  std::size_t size = 0;
  while (size < secret.value_.size()) {
    const ssize_t n = ::read(fd, secret.value_.data() + size, secret.value_.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      ::close(fd);
      return ErrnoError(error, path);
    }
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  ::close(fd);
  if (size > kMaxBytes) return Fail(ErrorCode::kParse, path + ": longer than a secret may be");
  if (size > 0 && secret.value_[size - 1] == '\n') --size;
  if (size == 0) return Fail(ErrorCode::kParse, path + ": empty");
  return Secret(std::string_view(secret.value_.data(), size));
}

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
  return out << ToString(secret);
}

}  // namespace ecsward
