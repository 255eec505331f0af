// HTTP, mail and digests, as the module libecsward-net.so gives them: libcurl and OpenSSL. It is
// loaded by the first who needs it, because both together cost more resident memory than most of
// the daemon. Whoever uses the network is given these interfaces, so that tests own them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace ecsward {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "POST";
  Secret url;           // may carry a token: it is never printed
  HttpHeaders headers;  // exactly these, besides Host, Content-Length and, unless given, User-Agent
  std::string body;
  std::string user,
      password_or_token;  // HTTP basic when `user` is set; bearer when only the latter
  std::chrono::milliseconds timeout{10'000};  // of everything
  std::chrono::milliseconds connect_timeout{5'000};
  std::string ca_file;    // PEM: whom to trust besides those whom the system trusts
  std::string proxy_url;  // empty: none; the environment is not asked
  std::size_t max_answer_bytes = std::size_t{256} << 10;  // the rest is not waited for
};

// Certificates are always verified (TLS ≥ 1.2), redirects never followed.
struct HttpResponse {
  int status = 0;
  HttpHeaders headers;  // names in lower case, the final answer's only
  std::string body;     // its first max_answer_bytes
  bool cut = false;     // there was more
  // "" when it is not there.
  std::string_view Header(std::string_view lower_case_name) const;
};

// How far an exchange came before it failed: whether the other side may have acted.
enum class NetStage : std::uint8_t {
  kNotSent,    // nothing of the request has left: name, connection, TLS
  kMaybeSent,  // it may have been acted upon; the answer did not come
};
struct NetError {
  NetStage stage = NetStage::kNotSent;
  // kTimeout; kDenied: the certificate; kNotFound: the name; kIo: the rest; kInvalidArgument: the
  // URL. The message names neither URL nor secret.
  Error error;
};

// Thread-safe: calls block, and run side by side.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // An answer of whatever status is no error.
  virtual tl::expected<HttpResponse, NetError> Perform(const HttpRequest& request) = 0;
};

struct MailRequest {
  std::string host;  // of the relay
  std::uint16_t port = 587;
  enum class Security : std::uint8_t { kStartTls, kTls, kNone } security = Security::kStartTls;
  std::string hello;  // what EHLO says; empty: this host's name
  std::string user;   // empty: no authentication
  Secret password;
  std::string ca_file;
  std::string from;             // envelope: "ops@example.com"
  std::vector<std::string> to;  // envelope
  std::string message;          // RFC 5322, lines end with CRLF
  std::chrono::milliseconds timeout{20'000};
};

// Thread-safe, blocks. To all recipients or to none: one that the server refuses ends it before the
// message. Nothing is said before TLS stands, except with Security::kNone, where a password is sent
// in the open if a user is given. AUTH PLAIN and LOGIN; without either from the server none.
class Mailer {
 public:
  virtual ~Mailer() = default;
  // errors: as HttpClient, and kDenied with a `reply` where user and password are wrong. The
  // message may quote the server's reply and name the recipient that was refused.
  struct Failure {
    NetError net;   // kMaybeSent: the message was begun, and no reply to it came
    int reply = 0;  // SMTP's code where it refused, 4xx or 5xx; 0: none came
  };
  virtual tl::expected<void, Failure> Send(const MailRequest& request) = 0;
};

using Sha256Digest = std::array<std::uint8_t, 32>;

// Thread-safe.
class Digests {
 public:
  virtual ~Digests() = default;
  virtual Sha256Digest Sha256(std::string_view bytes) const = 0;
  virtual Sha256Digest HmacSha256(std::string_view key, std::string_view message) const = 0;
  // From the system's generator.
  virtual std::string RandomHex(std::size_t bytes) const = 0;
};

// The module's. The daemon has one.
class Network : public HttpClient, public Mailer, public Digests {
 public:
  // Every call that waits returns at once, as do all to come: the daemon ends.
  virtual void Cancel() = 0;
};

// Loads the module (LoadLateModule; `folder` for tests). A new one each time, which lives as long
// as the process. errors: as LoadLateModule
Result<Network*> LoadNetwork(const std::string& folder = "");

std::string Base64(std::string_view bytes);
std::string HexLower(std::string_view bytes);
// Every byte but A-Z a-z 0-9 - _ . ~ becomes %XX.
std::string PercentEncode(std::string_view text);

}  // namespace ecsward
