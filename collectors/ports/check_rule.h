// The items of `port_checks.checks`: which port of this host is asked, how, and what answer is
// good.
//
//   tcp:5432 connect
//   tcp:8080 http path=/health status=200 body=^ok max_latency=500ms
//   tcp:443 https host=www.example.com
//   tcp:[::1]:636 tls host=ldap.example.com timeout=2s
//   tcp:10.0.0.5:8443 https insecure
//
// Pure: nothing is connected here.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

struct CheckRule {
  enum class Kind : std::uint8_t {
    kConnect,  // something accepts the connection
    kHttp,
    kHttps,
    kTls,  // a TLS handshake, whatever is spoken inside
  };
  std::string text;  // as written, one blank between words
  Kind kind = Kind::kConnect;
  std::string address;  // "10.0.0.5", "::1"; empty: 127.0.0.1, then ::1
  std::uint16_t port = 0;
  std::string host;        // of the certificate and of the request; empty: the address
  std::string path = "/";  // with its query
  int status = 0;          // 0: any from 200 to 299. Redirects are not followed.
  std::string body;        // RE2, searched for in the first 64 KiB; empty: any
  std::chrono::milliseconds timeout{5000};   // of the whole check
  std::chrono::milliseconds max_latency{0};  // 0: the timeout is enough
  bool insecure = false;   // whoever signed the certificate, whatever name is in it
  bool elsewhere = false;  // the address need not be this host's
};
std::string_view ToString(CheckRule::Kind kind);  // "connect", "http", "https", "tls"

// errors: kInvalidArgument saying what is wanted:
//   `"tcp:443 https path=x": want path=/…, got "path=x"`
// note:   words end at blanks and items at commas: write \s and \x2c in body=
Result<CheckRule> ParseCheck(std::string_view item);

// The items of a list option that has passed its check.
std::vector<CheckRule> ParseCheckList(std::string_view list);

// For the options' table.
Result<void> CheckCheck(std::string_view item);

}  // namespace ecsward
