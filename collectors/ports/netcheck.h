// What the module libecsward-netcheck.so does for port checks: HTTP and TLS, by libcurl and
// OpenSSL. It is loaded with the first such check, because both together cost more resident memory
// than most of the daemon. The collector has rules, addresses and judgement; the module has libcurl
// and has never heard of ports.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace ecsward {

struct NetQuestion {
  static constexpr std::size_t kMaxBody = std::size_t{64} << 10;
  bool tls = false;
  bool http = true;     // false: the TLS handshake is all
  std::string address;  // an IP address; empty: this host's loopback, IPv4's first
  std::uint16_t port = 0;
  std::string host;  // in the request and in the certificate; empty: the address, or "localhost"
  std::string path = "/";
  std::chrono::milliseconds timeout{5000};  // of everything
  bool insecure = false;                    // take any certificate
  std::string ca_file;                      // whom to trust; empty: whom the system trusts
};

struct NetAnswer {
  enum class Failure : std::uint8_t { kNone, kRefused, kTimeout, kCertificate, kProtocol };
  Failure failure = Failure::kProtocol;
  std::string problem;                // for people, when there is a failure
  int status = 0;                     // HTTP's; 0: none came
  std::string body;                   // its first kMaxBody bytes; the rest is not waited for
  double seconds = 0;                 // until the answer, or until it failed
  std::int64_t certificate_ends = 0;  // unix time; 0: no certificate was seen
};

// One thread at a time.
class NetCheck {
 public:
  virtual ~NetCheck() = default;
  // Asks all of them at once and returns when the last one has an answer or its time is up: an
  // answer for each question, in their order. Follows no redirect, uses no proxy, asks no name
  // server.
  virtual std::vector<NetAnswer> Ask(std::span<const NetQuestion> questions) = 0;
};

inline constexpr char kNetCheckModule[] = "libecsward-netcheck.so";
inline constexpr char kNetCheckSymbol[] = "EcswardNetCheck1";
using NetCheckFactory = NetCheck* (*)();  // the caller's; null: libcurl cannot start

}  // namespace ecsward
