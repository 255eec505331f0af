// Who listens where, as the `ports` collector saw it on its last tick: for evidence, for
// `ecsward ports` and `ecsward status`, and for the checks of expected ports.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace ecsward {

enum class PortVerdict : std::uint8_t {
  kNotJudged,  // nobody said what is allowed
  kLoopback,   // reachable from this host only: always allowed
  kExpected,   // named by `expect`
  kAllowed,    // named by `allow`
  kLearned,    // seen while learning
  kUnexpected,
};

// Sockets of one owner on one address and port: several where SO_REUSEPORT is used.
// All texts are made safe for terminals and labels.
struct PortListener {
  std::string proto;    // "tcp", "udp"
  std::string address;  // "0.0.0.0", "::" (IPv6 only), "*" (both: a dual-stack socket), "127.0.0.1"
  std::uint16_t port = 0;
  std::uint32_t sockets = 1;
  // The owner; empty texts and pid 0 while it is unknown.
  std::int64_t pid = 0;
  std::string process;     // its name, as in /proc/PID/comm
  std::string executable;  // "/usr/sbin/nginx"
  std::string user;        // "www-data", or the number; the socket's own where the owner is unknown
  std::string unit;        // "nginx.service"; empty where there is none
  std::string container;   // the first 12 digits of its id; empty where there is none
  std::vector<std::int64_t> holders;  // every process that has the socket open, by number
  std::uint64_t inode = 0;            // of one of the sockets
  std::uint32_t accept_queue = 0, accept_limit = 0;  // of the fullest of the sockets
  std::uint64_t refused = 0;  // connections (datagrams) that the kernel dropped: the queue was full
  std::int64_t since_ms = 0;  // first seen
  PortVerdict verdict = PortVerdict::kNotJudged;
  std::string other_namespace;  // empty in the agent's own network namespace, else "4026532201"
};

// One line of `expect`.
struct ExpectedPort {
  std::string expect;          // as written: "tcp:443"
  std::string proto, address;  // address empty: any
  std::uint16_t port = 0;
  bool up = false;
  std::int64_t since_ms = 0;       // up or down since then
  double last_outage_seconds = 0;  // how long it was away before it came up; 0: it never was
  std::string process;             // who listens, or listened last
  std::string how_it_ended;  // "killed by SIGKILL (9)", "out of memory", "exit status 1"; or ""
};

struct PortPicture {
  std::int64_t time_ms = 0;
  std::vector<PortListener> listeners;  // by proto, port, address
  std::vector<ExpectedPort> expected;   // in the configuration's order
  bool judged = false;                  // there is an `allow` list, or a learned one, in force
  std::string note;  // what is missing, and why: "owners of other users' sockets: needs CAP_…"
};

// Thread-safe.
class PortBoard {
 public:
  void Publish(std::shared_ptr<const PortPicture> picture) {
    const std::lock_guard lock(mutex_);
    picture_ = std::move(picture);
  }
  // Null before the first tick, and where the collector is off.
  std::shared_ptr<const PortPicture> Read() const {
    const std::lock_guard lock(mutex_);
    return picture_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const PortPicture> picture_;
};

}  // namespace ecsward
