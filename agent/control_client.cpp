#include "agent/control_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace ecsward {
namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr std::size_t kMaxHead = 64 << 10;

class Socket {
 public:
  Socket() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

Error NobodyAnswers(const std::string& path, int error_number) {
  if (error_number == EACCES || error_number == EPERM) {
    return Fail(ErrorCode::kDenied,
                path + ": permission denied; only root and the agent's own group may ask");
  }
  return Fail(ErrorCode::kNotFound, path + ": no ecsward answers here (" +
                                        std::strerror(error_number) +
                                        "); is it running, and with this configuration?");
}

bool Wait(int fd, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd wanted{fd, events, 0};
    const int ready =
        ::poll(&wanted, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

Error TimedOut() { return Fail(ErrorCode::kTimeout, "the daemon does not answer in time"); }

Result<void> SendAll(int fd, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (!Wait(fd, POLLOUT, deadline)) return TimedOut();
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent < 0) return ErrnoError(errno, "control socket");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

// Reads some; false at the end.
Result<bool> Receive(int fd, std::string& into, std::size_t limit, Deadline deadline) {
  for (;;) {
    if (!Wait(fd, POLLIN, deadline)) return TimedOut();
    std::array<char, 64 << 10> block;
    const ssize_t got =
        ::recv(fd, block.data(), std::min(block.size(), limit - into.size()), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return ErrnoError(errno, "control socket");
    into.append(block.data(), static_cast<std::size_t>(got));
    return got > 0;
  }
}

}  // namespace

Result<std::vector<std::string>> AskDaemon(const std::string& path, const ControlRequest& request,
                                           std::chrono::milliseconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Fail(ErrorCode::kInvalidArgument, path + ": longer than a socket's path may be");
  }
  path.copy(address.sun_path, path.size());
  const Socket socket;
  if (socket.fd() < 0) return ErrnoError(errno, "socket");
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return NobodyAnswers(path, errno);
  }
  const Deadline deadline = std::chrono::steady_clock::now() + patience;
  if (auto ok = SendAll(socket.fd(), ToLine(request), deadline); !ok) return std::move(ok).error();

  std::string bytes;
  std::size_t end = std::string::npos;
  while ((end = bytes.find('\n')) == std::string::npos) {
    auto more = bytes.size() < kMaxHead ? Receive(socket.fd(), bytes, kMaxHead, deadline)
                                        : Result<bool>(false);
    if (!more) return std::move(more).error();
    if (!*more) return Fail(ErrorCode::kIo, path + ": the daemon hung up");
  }
  const auto sizes = ParseAnswerLine(std::string_view(bytes).substr(0, end));
  if (!sizes) return Error(sizes.error());
  bytes.erase(0, end + 1);
  std::size_t whole = 0;
  for (const std::size_t size : *sizes) whole += size;
  while (bytes.size() < whole) {
    auto more = Receive(socket.fd(), bytes, whole, deadline);
    if (!more) return std::move(more).error();
    if (!*more) return Fail(ErrorCode::kIo, path + ": the daemon hung up in the middle");
  }
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (const std::size_t size : *sizes) {
    parts.push_back(bytes.substr(at, size));
    at += size;
  }
  return parts;
}

}  // namespace ecsward
