// What the security module, libecsward-websec.so, does for the server: TLS and passwords. It is
// loaded when a web configuration asks for either, because mapping libssl and libcrypto costs 1.65
// MB of the 7 MB that the whole daemon has. The server has sockets and event loop, the module has
// OpenSSL and libxcrypt, and neither has heard of the other's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exporters/prometheus/web_config.h"

namespace ecsward {

enum class IoStatus : std::uint8_t {
  kOk,
  kWantRead,   // call again when the socket is readable
  kWantWrite,  // … writable
  kClosed,     // the other side is done
  kFailed,
};

struct IoResult {
  IoStatus status = IoStatus::kFailed;
  std::size_t bytes = 0;  // with kOk; more than 0
};

// TLS on one non-blocking socket that somebody else owns and closes. No call blocks.
class TlsConnection {
 public:
  virtual ~TlsConnection() = default;
  virtual IoStatus Handshake() = 0;  // kOk: done, the client's certificate is accepted
  virtual IoResult Read(char* out, std::size_t size) = 0;
  virtual IoResult Write(const char* data, std::size_t size) = 0;
  virtual void Shutdown() = 0;  // says goodbye, as far as that goes without waiting
};

// A certificate with its key and rules, read from the files once.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
  virtual std::unique_ptr<TlsConnection> Accept(int socket) = 0;  // null: out of memory
};

using PasswordDigest = std::array<std::uint8_t, 32>;

// Thread-safe.
class WebSecurity {
 public:
  virtual ~WebSecurity() = default;
  // errors: kNotFound, kDenied, kInvalidArgument, naming the file
  virtual Result<std::unique_ptr<TlsContext>> LoadTls(const TlsSettings& settings) const = 0;
  // Takes a tenth of a second and more: that is bcrypt's purpose.
  virtual bool VerifyPassword(const std::string& password,
                              const std::string& bcrypt_hash) const = 0;
  // A keyed hash of the three, to remember a checked password without keeping it. The key is random
  // and this process's own.
  virtual PasswordDigest Digest(std::string_view user, std::string_view bcrypt_hash,
                                std::string_view password) const = 0;
};

inline constexpr char kWebSecurityModule[] = "libecsward-websec.so";
inline constexpr char kWebSecuritySymbol[] = "EcswardWebSecurity1";
using WebSecurityFactory = WebSecurity* (*)();  // the module keeps it; null: no random numbers

// Loads the module, once per process. It is looked for in `folder` (when not empty), next to the
// program, in ../lib/ecsward from there, and where it was installed. Not thread-safe.
// errors: kNotFound naming the places
Result<const WebSecurity*> LoadWebSecurity(const std::string& folder);

}  // namespace ecsward
