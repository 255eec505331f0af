// The dead man's switch: a URL that is requested every interval, so that something outside notices
// when this host is gone.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "base/clock.h"
#include "base/log.h"
#include "base/net.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

// Thread-safe, but Beat is one thread's.
class HeartbeatSender {
 public:
  // Both outlive this.
  HeartbeatSender(const Clock& clock, const Logger& log) : clock_(clock), log_(log) {}

  void Configure(const Heartbeat& heartbeat, HttpClient* http);
  bool on() const;
  // One request. How long to wait for the next.
  std::chrono::milliseconds Beat();

  std::uint64_t beats() const { return beats_; }
  std::uint64_t failures() const { return failures_; }
  double last_success_unix_seconds() const { return last_success_; }

 private:
  const Clock& clock_;
  const Logger& log_;
  mutable std::mutex mutex_;  // guards the next two
  Heartbeat heartbeat_;
  HttpClient* http_ = nullptr;
  bool failing_ = false;  // said, by the beating thread
  std::atomic<std::uint64_t> beats_{0}, failures_{0};
  std::atomic<double> last_success_{0};
};

}  // namespace ecsward::notify
