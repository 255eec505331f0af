// Tells systemd how the service is doing: the protocol of sd_notify(3), a line or two in a datagram
// to the socket that $NOTIFY_SOCKET names.
//
// By hand, because it is forty lines and libsystemd would map libgcrypt, liblzma, libzstd and
// liblz4 into every agent, about 0.8 MB resident, for the journal reader that we do not use.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace ecsward {

class ServiceManager {
 public:
  // `notify_socket` is $NOTIFY_SOCKET ("/run/…" or "@abstract"); empty: nobody is listening and all
  // calls do nothing. `watchdog_usec` is $WATCHDOG_USEC.
  ServiceManager(std::string notify_socket, std::string_view watchdog_usec);
  // From the environment.
  static ServiceManager FromEnvironment();

  // Each can fail (the socket went away); a daemon goes on without.
  Result<void> Ready(std::string_view status) const;
  Result<void> Reloading(MonoTime now) const;  // to be followed by Ready
  Result<void> Stopping() const;
  Result<void> Status(std::string_view status) const;
  Result<void> KeepAlive() const;  // WATCHDOG=1

  // How often KeepAlive is due: half of what systemd waits for. Nothing: no watchdog.
  std::optional<std::chrono::microseconds> watchdog_interval() const { return watchdog_interval_; }

 private:
  Result<void> Send(const std::string& message) const;

  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_interval_;
};

}  // namespace ecsward
