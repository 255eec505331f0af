#include "base/sd_notify.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace ecsward {
namespace {

// A status is one line; a newline would begin another assignment.
std::string OneLine(std::string_view text) {
  std::string line(text);
  for (char& c : line) c = c == '\n' ? ' ' : c;
  return line;
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

ServiceManager::ServiceManager(std::string notify_socket, std::string_view watchdog_usec)
    : socket_(std::move(notify_socket)) {
  long usec = 0;
  const char* const end = watchdog_usec.data() + watchdog_usec.size();
  if (std::from_chars(watchdog_usec.data(), end, usec).ptr == end && usec > 1 && !socket_.empty()) {
    watchdog_interval_ = std::chrono::microseconds(usec / 2);
  }
}

ServiceManager ServiceManager::FromEnvironment() {
  // A watchdog that is meant for another process of the service is not ours to feed.
  const std::string pid = Environment("WATCHDOG_PID");
  const bool ours = pid.empty() || pid == std::to_string(::getpid());
  return {Environment("NOTIFY_SOCKET"), ours ? Environment("WATCHDOG_USEC") : std::string()};
}

Result<void> ServiceManager::Ready(std::string_view status) const {
  return Send("READY=1\nSTATUS=" + OneLine(status));
}

Result<void> ServiceManager::Reloading(MonoTime now) const {
  // source: sd_notify(3): Type=notify-reload wants the monotonic time of the reload's begin
  const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch());
  return Send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", usec.count()));
}

Result<void> ServiceManager::Stopping() const { return Send("STOPPING=1"); }

Result<void> ServiceManager::Status(std::string_view status) const {
  return Send("STATUS=" + OneLine(status));
}

Result<void> ServiceManager::KeepAlive() const { return Send("WATCHDOG=1"); }

Result<void> ServiceManager::Send(const std::string& message) const {
  if (socket_.empty()) return {};
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (socket_.size() >= sizeof(address.sun_path) || (socket_[0] != '/' && socket_[0] != '@')) {
    return Fail(ErrorCode::kInvalidArgument, "NOTIFY_SOCKET: not a socket's name: " + socket_);
  }
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_[0] == '@') address.sun_path[0] = '\0';  // in the abstract namespace
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());

  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return ErrnoError(errno, "NOTIFY_SOCKET");
  // Not waiting: a service manager with a full queue must not hold up the event loop.
  const ssize_t sent = ::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                                reinterpret_cast<const sockaddr*>(&address), length);
  const int error = errno;
  ::close(fd);
  if (sent < 0) return ErrnoError(error, socket_);
  return {};
}

}  // namespace ecsward
