// A connection to a D-Bus daemon that calls methods: nothing is subscribed to, nothing offered.
// It is kept open between calls, as opening one costs the daemon more than any call.
#pragma once

#include <sys/un.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "collectors/systemd/bus_wire.h"

namespace ecsward {

// Where the daemon listens, from DBUS_SYSTEM_BUS_ADDRESS's form "unix:path=/run/x,guid=…" or
// "unix:abstract=x"; of several separated by ";" the first that is so. "\0x" is an abstract one.
// errors: kInvalidArgument
Result<std::string> ParseBusAddress(std::string_view address);

// Not thread-safe.
class BusConnection {
 public:
  // `timeout` is for all of one Call.
  BusConnection(std::string socket, std::chrono::milliseconds timeout)
      : socket_(std::move(socket)), timeout_(timeout) {}
  ~BusConnection() { Close(); }
  BusConnection(const BusConnection&) = delete;
  BusConnection& operator=(const BusConnection&) = delete;

  // Sends all calls, then hands each answer, return or error, to `answer` with the call's index.
  // The message lives until that returns. Answers to nothing we asked are dropped.
  // A kept-open connection that turns out to be dead is opened anew, once.
  // errors: kNotSupported (no socket), kDenied, kTimeout, kParse, kIo; the connection is closed
  using OnAnswer = std::function<Result<void>(std::size_t, const BusMessage&)>;
  Result<void> Call(std::span<const BusCall> calls, const OnAnswer& answer);

  // Gives back what a long answer took.
  void Shrink();

 private:
  Result<void> Open(MonoTime deadline);
  Result<void> Authenticate(MonoTime deadline);
  Result<void> CallOnce(std::span<const BusCall> calls, const OnAnswer& answer, MonoTime deadline);
  void Close();
  Result<void> Send(std::string_view bytes, MonoTime deadline);
  Result<void> Wait(short events, MonoTime deadline);
  // At least `size` bytes are in the buffer afterwards.
  Result<void> Fill(std::size_t size, MonoTime deadline);
  std::string_view Received() const { return {in_.data() + begin_, end_ - begin_}; }
  // The next whole message. Its views end with the next call.
  Result<BusMessage> Next(MonoTime deadline);

  const std::string socket_;
  const std::chrono::milliseconds timeout_;
  int fd_ = -1;
  std::uint32_t serial_ = 0;
  std::string out_;
  std::vector<char> in_;
  std::size_t begin_ = 0, end_ = 0;  // what of `in_` is received and not yet taken
  bool heard_ = false;               // something came since the call began
};

}  // namespace ecsward
