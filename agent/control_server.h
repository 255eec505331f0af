// The control socket's daemon side: a Unix socket in the event loop.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/control_protocol.h"
#include "base/result.h"

namespace boost::asio {
class io_context;
}

namespace ecsward {

// Event-loop thread only. Destroy it when nothing runs the io_context, or after Stop().
class ControlServer {
 public:
  // The answer's parts, or what is wrong. Called in the loop's thread, or, where MayWait says so,
  // in one of its own.
  using Handler = std::function<Result<std::vector<std::string>>(const ControlRequest&)>;
  struct Limits {
    std::size_t clients = 16;                          // others wait to be accepted
    std::size_t answer_bytes = std::size_t{48} << 20;  // of all clients together
    std::chrono::milliseconds request_timeout{5'000};  // to say what one wants
    std::chrono::milliseconds answer_timeout{30'000};  // to take the whole answer
  };

  // `io` outlives this.
  ControlServer(boost::asio::io_context& io, std::string path, Handler handler, Limits limits);
  ControlServer(boost::asio::io_context& io, std::string path, Handler handler)
      : ControlServer(io, std::move(path), std::move(handler), Limits()) {}
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // Opens the socket, mode 0660. One that a dead daemon left is taken away; the directory is made
  // when only that is missing. errors: kInvalidArgument when another daemon answers there; others
  // as ErrnoError
  Result<void> Start();

  // Closes the socket and all connections and removes the file.
  void Stop();

  const std::string& path() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with the handlers that are still queued after Stop
};

}  // namespace ecsward
