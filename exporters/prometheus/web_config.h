// Prometheus's web configuration file: TLS, extra response headers, users with bcrypt passwords.
// source: https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

enum class ClientAuth : std::uint8_t {
  kNone,
  kRequest,     // asked for, neither required nor verified
  kRequireAny,  // required, not verified
  kVerifyIfGiven,
  kRequireAndVerify,
};

struct TlsSettings {
  std::string cert_file, key_file;  // absolute or as given from the working directory
  ClientAuth client_auth = ClientAuth::kNone;
  std::string client_ca_file;
  std::vector<std::string> client_allowed_sans;  // empty: any
  int min_version = 12;                          // 12: TLS 1.2
  int max_version = 13;
  std::vector<std::string> cipher_suites;  // IANA names, for TLS 1.2; empty: the library's choice
  bool prefer_server_cipher_suites = true;
  std::vector<std::string> curve_preferences;  // "CurveP256", "X25519", …, as Go names them
};

struct WebConfig {
  std::optional<TlsSettings> tls;
  std::string headers;                                    // "Name: value\r\n" each, ready to send
  std::map<std::string, std::string, std::less<>> users;  // name → bcrypt hash

  bool needs_security_module() const { return tls.has_value() || !users.empty(); }
};

// Pure. `file` names the text in messages, and the files in it are relative to its folder.
// errors: kParse, one line per mistake, all of them:
//   web.yml:3:3: tls_server_config: unknown key "cert_fil"; did you mean "cert_file"?
Result<WebConfig> ParseWebConfig(std::string_view yaml, const std::string& file);

// Reads and parses. errors: also kNotFound, kDenied, kIo.
Result<WebConfig> ReadWebConfig(const std::string& file);

}  // namespace ecsward
