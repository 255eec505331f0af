#include "collectors/systemd/bus_connection.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace ecsward {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;
constexpr std::size_t kMaxAuthLine = 1024;

constexpr std::string_view kBusName = "org.freedesktop.DBus";

MonoTime Now() { return std::chrono::steady_clock::now(); }

}  // namespace

Result<std::string> ParseBusAddress(std::string_view address) {
  while (!address.empty()) {
    auto one = address.substr(0, address.find(';'));
    address.remove_prefix(std::min(one.size() + 1, address.size()));
    if (!one.starts_with("unix:")) continue;
    one.remove_prefix(5);
    while (!one.empty()) {
      const auto pair = one.substr(0, one.find(','));
      one.remove_prefix(std::min(pair.size() + 1, one.size()));
      // %41-like escapes are for characters that no sane path has.
      if (pair.find('%') != std::string_view::npos) continue;
      if (pair.starts_with("path=")) return std::string(pair.substr(5));
      if (pair.starts_with("abstract=")) return std::string(1, '\0').append(pair.substr(9));
    }
  }
  return Fail(ErrorCode::kInvalidArgument, "want unix:path=… or unix:abstract=…");
}

void BusConnection::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  begin_ = end_ = 0;
}

void BusConnection::Shrink() {
  if (begin_ != end_ || in_.size() <= kReadBytes) return;
  in_ = {};
  begin_ = end_ = 0;
}

Result<void> BusConnection::Wait(short events, MonoTime deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Now());
    pollfd one{fd_, events, 0};
    const int ready = left.count() <= 0 ? 0 : ::poll(&one, 1, static_cast<int>(left.count()));
    if (ready > 0) return {};
    if (ready == 0) return Fail(ErrorCode::kTimeout, "the system bus does not answer");
    if (errno != EINTR) return ErrnoError(errno, "poll");
  }
}

Result<void> BusConnection::Send(std::string_view bytes, MonoTime deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ok = Wait(POLLOUT, deadline); !ok) return ok;
    } else if (errno != EINTR) {
      return Fail(ErrorCode::kIo, fmt::format("the system bus has gone: {}", std::strerror(errno)));
    }
  }
  return {};
}

Result<void> BusConnection::Fill(std::size_t size, MonoTime deadline) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (in_.size() < begin_ + size) {
    // An empty buffer may have no memory to move.
    if (end_ > begin_) std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (in_.size() < size) in_.resize(std::max(size, kReadBytes));
  }
  while (end_ - begin_ < size) {
    const auto got = ::recv(fd_, in_.data() + end_, in_.size() - end_, MSG_DONTWAIT);
    if (got > 0) {
      heard_ = true;
      end_ += static_cast<std::size_t>(got);
    } else if (got == 0) {
      return Fail(ErrorCode::kIo, "the system bus has hung up");
    } else if (errno == EAGAIN) {
      if (auto ok = Wait(POLLIN, deadline); !ok) return ok;
    } else if (errno != EINTR) {
      return Fail(ErrorCode::kIo, fmt::format("the system bus has gone: {}", std::strerror(errno)));
    }
  }
  return {};
}

Result<BusMessage> BusConnection::Next(MonoTime deadline) {
  if (auto ok = Fill(kBusFixedBytes, deadline); !ok) return std::move(ok).error();
  const auto size = BusMessageSize(Received().substr(0, kBusFixedBytes));
  if (!size) return size.error();
  if (auto ok = Fill(*size, deadline); !ok) return std::move(ok).error();
  auto message = ParseBusMessage(Received().substr(0, *size));
  begin_ += *size;
  return message;
}

// source: https://dbus.freedesktop.org/doc/dbus-specification.html#auth-mechanisms-external
Result<void> BusConnection::Authenticate(MonoTime deadline) {
  out_.assign(1, '\0').append("AUTH EXTERNAL ");
  for (const char digit : std::to_string(::geteuid())) out_.append(fmt::format("{:02x}", digit));
  if (auto ok = Send(out_.append("\r\n"), deadline); !ok) return ok;
  std::size_t line = 0;
  while ((line = Received().find("\r\n")) == std::string_view::npos) {
    if (Received().size() > kMaxAuthLine) {
      return Fail(ErrorCode::kParse, "the system bus does not speak D-Bus");
    }
    if (auto ok = Fill(Received().size() + 1, deadline); !ok) return ok;
  }
  if (!Received().starts_with("OK ")) {
    return Fail(ErrorCode::kDenied, "the system bus does not let this user in");
  }
  begin_ += line + 2;
  return Send("BEGIN\r\n", deadline);
}

Result<void> BusConnection::Open(MonoTime deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) {
    return Fail(ErrorCode::kInvalidArgument, "the system bus's path is too long");
  }
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  const bool abstract = socket_[0] == '\0';
  const auto length = offsetof(sockaddr_un, sun_path) + socket_.size() + (abstract ? 0 : 1);
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd_ < 0) return ErrnoError(errno, "socket");
  while (::connect(fd_, reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(length)) != 0) {
    const int error = errno;
    if (error == EINTR) continue;
    // Its queue is full: a local socket says so at once instead of waiting.
    if (error == EAGAIN) return Fail(ErrorCode::kTimeout, "the system bus does not accept");
    return NotOffered(ErrnoError(error, abstract ? "the system bus" : socket_));
  }
  if (auto ok = Authenticate(deadline); !ok) return ok;
  // The daemon hears nobody who has not said this. Its answer is one of those nobody waits for.
  out_.clear();
  AppendBusCall({kBusName, "/org/freedesktop/DBus", kBusName, "Hello"}, ++serial_, out_);
  return Send(out_, deadline);
}

Result<void> BusConnection::CallOnce(std::span<const BusCall> calls, const OnAnswer& answer,
                                     MonoTime deadline) {
  const std::uint32_t first = serial_ + 1;
  out_.clear();
  for (const BusCall& call : calls) AppendBusCall(call, ++serial_, out_);
  if (auto ok = Send(out_, deadline); !ok) return ok;
  std::vector<bool> answered(calls.size());
  for (std::size_t left = calls.size(); left > 0;) {
    auto message = Next(deadline);
    if (!message) return std::move(message).error();
    const std::size_t index = message->reply_to - first;  // huge for one that is not ours
    const bool is_answer =
        message->type == BusMessage::Type::kReturn || message->type == BusMessage::Type::kError;
    if (!is_answer || message->reply_to < first || index >= calls.size() || answered[index]) {
      continue;
    }
    answered[index] = true;
    --left;
    if (auto ok = answer(index, *message); !ok) return ok;
  }
  return {};
}

Result<void> BusConnection::Call(std::span<const BusCall> calls, const OnAnswer& answer) {
  const MonoTime deadline = Now() + timeout_;
  if (serial_ > UINT32_MAX / 2) Close();
  heard_ = false;
  if (fd_ >= 0) {
    auto done = CallOnce(calls, answer, deadline);
    if (done) return done;
    Close();
    // The bus was started anew since the last call.
    if (heard_ || done.error().code != ErrorCode::kIo) return done;
  }
  serial_ = 0;
  auto done = Open(deadline);
  if (done) done = CallOnce(calls, answer, deadline);
  if (!done) Close();
  return done;
}

}  // namespace ecsward
