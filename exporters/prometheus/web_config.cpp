#include "exporters/prometheus/web_config.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <numeric>
#include <set>
#include <span>

#include "base/host_file.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
// One more doubles the time of a password check; 16 takes some 4 s.
constexpr int kMaxBcryptCost = 16;

using Names = std::span<const std::string_view>;

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t up = row[j];
      row[j] = std::min({row[j - 1] + 1, up + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = up;
    }
  }
  return row[b.size()];
}

// `; did you mean "x"?`, or nothing when no name is near.
std::string Suggest(std::string_view word, Names names) {
  std::string_view best;
  std::size_t best_distance = std::min<std::size_t>(word.size(), 64) / 3 + 2;
  if (word.size() > 64) return {};
  for (const std::string_view name : names) {
    if (const auto d = EditDistance(word, name); d < best_distance) {
      best_distance = d;
      best = name;
    }
  }
  return best.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", best);
}

constexpr std::string_view kTopKeys[] = {"tls_server_config", "http_server_config",
                                         "basic_auth_users"};
constexpr std::string_view kTlsKeys[] = {
    "cert_file",         "key_file",           "client_auth_type", "client_ca_file",
    "min_version",       "max_version",        "cipher_suites",    "prefer_server_cipher_suites",
    "curve_preferences", "client_allowed_sans"};
constexpr std::string_view kHttpKeys[] = {"http2", "headers"};
// The headers that Prometheus lets the file set.
constexpr std::string_view kHeaders[] = {"Content-Security-Policy", "X-Frame-Options",
                                         "X-Content-Type-Options", "X-XSS-Protection",
                                         "Strict-Transport-Security"};
constexpr std::string_view kVersions[] = {"TLS12", "TLS13"};
constexpr std::string_view kCurves[] = {"CurveP256", "CurveP384", "CurveP521", "X25519"};
// What Go's crypto/tls knows, without RC4 and 3DES, which no OpenSSL of today offers.
constexpr std::string_view kCiphers[] = {"TLS_RSA_WITH_AES_128_CBC_SHA",
                                         "TLS_RSA_WITH_AES_256_CBC_SHA",
                                         "TLS_RSA_WITH_AES_128_CBC_SHA256",
                                         "TLS_RSA_WITH_AES_128_GCM_SHA256",
                                         "TLS_RSA_WITH_AES_256_GCM_SHA384",
                                         "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                                         "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
                                         "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                                         "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
                                         "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
                                         "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                                         "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                         "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                         "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                                         "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                         "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                                         "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                                         "TLS_AES_128_GCM_SHA256",
                                         "TLS_AES_256_GCM_SHA384",
                                         "TLS_CHACHA20_POLY1305_SHA256"};

struct ClientAuthName {
  std::string_view name;
  ClientAuth value;
};
constexpr ClientAuthName kClientAuths[] = {
    {"NoClientCert", ClientAuth::kNone},
    {"RequestClientCert", ClientAuth::kRequest},
    {"RequireAnyClientCert", ClientAuth::kRequireAny},
    {"RequireClientCert", ClientAuth::kRequireAny},
    {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
    {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify}};

bool Known(std::string_view word, Names names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

// nullptr when `hash` is one that crypt(3) can check; else what is wrong with it.
const char* WhyNotBcrypt(std::string_view hash) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto alphabet = [&digit](char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
  };
  constexpr const char* kWant =
      "want a bcrypt hash of 60 characters, such as \"htpasswd -nB\" prints";
  if (hash.size() != 60 || !hash.starts_with("$2") || hash[3] != '$' || hash[6] != '$')
    return kWant;
  if (hash[2] != 'a' && hash[2] != 'b' && hash[2] != 'y') return kWant;
  if (!digit(hash[4]) || !digit(hash[5])) return kWant;
  if (!std::all_of(hash.begin() + 7, hash.end(), alphabet)) return kWant;
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  if (cost < 4) return "bcrypt's cost starts at 4";
  if (cost > kMaxBcryptCost) return "a bcrypt cost above 16 makes each check take seconds";
  return nullptr;
}

class Parser {
 public:
  Parser(const std::string& file)
      : file_(file), folder_(std::filesystem::path(file).parent_path()) {}

  WebConfig Parse(const YAML::Node& root) {
    WebConfig out;
    // An empty file is Prometheus's way to say: neither TLS nor users.
    Map(root, "", kTopKeys, [&](std::string_view key, const YAML::Node& value) {
      if (key == "tls_server_config") ParseTls(value, out);
      if (key == "http_server_config") ParseHttp(value, out);
      if (key == "basic_auth_users") ParseUsers(value, out);
    });
    return out;
  }

  void Problem(const YAML::Mark& mark, std::string_view path, std::string_view what) {
    if (!problems_.empty()) problems_ += '\n';
    // yaml-cpp counts from 0, people from 1.
    problems_ += fmt::format("{}:{}:{}: {}{}{}", file_, mark.line + 1, mark.column + 1, path,
                             path.empty() ? "" : ": ", what);
  }
  const std::string& problems() const { return problems_; }

 private:
  // Calls `each` with every known key that has a value; says what is wrong with the others.
  // No names: any key.
  template <class F>
  void Map(const YAML::Node& node, const std::string& path, Names names, F each) {
    if (!node.IsDefined() || node.IsNull()) return;
    if (!node.IsMap()) return Problem(node.Mark(), path, "want keys and values");
    std::set<std::string> seen;
    for (const auto& pair : node) {
      if (!pair.first.IsScalar()) {
        Problem(pair.first.Mark(), path, "want a word as the key");
        continue;
      }
      const std::string& key = pair.first.Scalar();
      if (!names.empty() && !Known(key, names)) {
        Problem(pair.first.Mark(), path,
                fmt::format("unknown key \"{}\"{}", key, Suggest(key, names)));
      } else if (!seen.insert(key).second) {
        Problem(pair.first.Mark(), path, fmt::format("key \"{}\" stands twice", key));
      } else if (!pair.second.IsNull()) {
        each(key, pair.second);
      }
    }
  }

  bool Scalar(const YAML::Node& node, const std::string& path, std::string& out) {
    if (!node.IsScalar()) {
      Problem(node.Mark(), path, "want a text");
      return false;
    }
    out = node.Scalar();
    return true;
  }

  void File(const YAML::Node& node, const std::string& path, std::string& out) {
    if (!Scalar(node, path, out) || out.empty()) return;
    out = (folder_ / out).string();  // an absolute path stays what it is
  }

  void Bool(const YAML::Node& node, const std::string& path, bool& out) {
    if (!YAML::convert<bool>::decode(node, out)) Problem(node.Mark(), path, "want true or false");
  }

  void List(const YAML::Node& node, const std::string& path, Names names,
            std::vector<std::string>& out) {
    if (!node.IsSequence()) return Problem(node.Mark(), path, "want a list");
    for (std::size_t i = 0; i < node.size(); ++i) {
      const std::string at = fmt::format("{}[{}]", path, i);
      std::string word;
      if (!Scalar(node[i], at, word)) continue;
      if (!names.empty() && !Known(word, names)) {
        Problem(node[i].Mark(), at,
                fmt::format("unknown name \"{}\"{}", word, Suggest(word, names)));
      }
      out.push_back(word);
    }
  }

  void Version(const YAML::Node& node, const std::string& path, int& out) {
    std::string word;
    if (!Scalar(node, path, word)) return;
    if (word == "TLS13") {
      out = 13;
    } else if (word == "TLS12") {
      out = 12;
    } else if (word == "TLS10" || word == "TLS11") {
      Problem(node.Mark(), path,
              fmt::format("{} is broken and not served; want TLS12 or TLS13", word));
    } else {
      Problem(node.Mark(), path,
              fmt::format("want TLS12 or TLS13, got \"{}\"{}", word, Suggest(word, kVersions)));
    }
  }

  void ParseTls(const YAML::Node& node, WebConfig& out) {
    const std::string section = "tls_server_config";
    TlsSettings tls;
    const std::size_t problems_before = problems_.size();
    const auto path = [&](std::string_view key) { return fmt::format("{}.{}", section, key); };
    YAML::Mark auth_mark = node.Mark();
    Map(node, section, kTlsKeys, [&](std::string_view key, const YAML::Node& value) {
      if (key == "cert_file") File(value, path(key), tls.cert_file);
      if (key == "key_file") File(value, path(key), tls.key_file);
      if (key == "client_ca_file") File(value, path(key), tls.client_ca_file);
      if (key == "min_version") Version(value, path(key), tls.min_version);
      if (key == "max_version") Version(value, path(key), tls.max_version);
      if (key == "cipher_suites") List(value, path(key), kCiphers, tls.cipher_suites);
      if (key == "curve_preferences") List(value, path(key), kCurves, tls.curve_preferences);
      if (key == "client_allowed_sans") List(value, path(key), {}, tls.client_allowed_sans);
      if (key == "prefer_server_cipher_suites") {
        Bool(value, path(key), tls.prefer_server_cipher_suites);
      }
      if (key == "client_auth_type") {
        auth_mark = value.Mark();
        ParseClientAuth(value, path(key), tls.client_auth);
      }
    });
    if (problems_.size() > problems_before) return;
    // Go takes the section for absent when it names no file at all.
    if (tls.cert_file.empty() && tls.key_file.empty() && tls.client_ca_file.empty() &&
        tls.client_auth == ClientAuth::kNone) {
      return;
    }
    if (tls.cert_file.empty()) Problem(node.Mark(), section, "cert_file is missing");
    if (tls.key_file.empty()) Problem(node.Mark(), section, "key_file is missing");
    const bool verifies = tls.client_auth == ClientAuth::kVerifyIfGiven ||
                          tls.client_auth == ClientAuth::kRequireAndVerify;
    if (verifies && tls.client_ca_file.empty()) {
      Problem(auth_mark, path("client_auth_type"), "needs client_ca_file");
    }
    if (!tls.client_ca_file.empty() && !verifies) {
      Problem(node.Mark(), section,
              "client_ca_file needs client_auth_type RequireAndVerifyClientCert or "
              "VerifyClientCertIfGiven");
    }
    if (!tls.client_allowed_sans.empty() && !verifies) {
      Problem(node.Mark(), section, "client_allowed_sans needs verified client certificates");
    }
    if (tls.min_version > tls.max_version) {
      Problem(node.Mark(), section, "min_version is above max_version");
    }
    out.tls = std::move(tls);
  }

  void ParseClientAuth(const YAML::Node& node, const std::string& path, ClientAuth& out) {
    std::string word;
    if (!Scalar(node, path, word) || word.empty()) return;
    std::array<std::string_view, std::size(kClientAuths)> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] = kClientAuths[i].name;
      if (names[i] != word) continue;
      out = kClientAuths[i].value;
      return;
    }
    Problem(node.Mark(), path, fmt::format("unknown name \"{}\"{}", word, Suggest(word, names)));
  }

  void ParseHttp(const YAML::Node& node, WebConfig& out) {
    Map(node, "http_server_config", kHttpKeys, [&](std::string_view key, const YAML::Node& value) {
      if (key == "http2") {  // accepted for the file's sake: we speak HTTP/1.1
        bool ignored = false;
        return Bool(value, "http_server_config.http2", ignored);
      }
      const std::string path = "http_server_config.headers";
      Map(value, path, kHeaders, [&](std::string_view name, const YAML::Node& text) {
        std::string content;
        if (!Scalar(text, path, content)) return;
        const bool control = std::any_of(content.begin(), content.end(), [](char c) {
          return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
        });
        if (control) return Problem(text.Mark(), path, "a header is one line of text");
        if (!content.empty()) out.headers += fmt::format("{}: {}\r\n", name, content);
      });
    });
  }

  void ParseUsers(const YAML::Node& node, WebConfig& out) {
    const std::string path = "basic_auth_users";
    Map(node, path, {}, [&](std::string_view name, const YAML::Node& value) {
      const std::string at = fmt::format("{}.{}", path, name);
      std::string hash;
      if (name.find(':') != std::string_view::npos) {
        return Problem(value.Mark(), at, "a user's name has no colon");
      }
      if (!Scalar(value, at, hash)) return;
      // The message must not show what may be a password written in clear.
      if (const char* why = WhyNotBcrypt(hash)) return Problem(value.Mark(), at, why);
      out.users.emplace(name, hash);
    });
  }

  const std::string& file_;
  std::filesystem::path folder_;
  std::string problems_;
};

}  // namespace

Result<WebConfig> ParseWebConfig(std::string_view yaml, const std::string& file) {
  if (yaml.size() > kMaxBytes) return Fail(ErrorCode::kParse, file + ": longer than 1 MiB");
  Parser parser(file);
  WebConfig out;
  try {
    out = parser.Parse(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& e) {
    parser.Problem(e.mark, "", e.msg);
  }
  if (!parser.problems().empty()) return Fail(ErrorCode::kParse, parser.problems());
  return out;
}

Result<WebConfig> ReadWebConfig(const std::string& file) {
  HostFile source(file);
  ReadBuffer buffer;
  auto text = source.Read(buffer);
  if (!text) return std::move(text).error();
  return ParseWebConfig(*text, file);
}

}  // namespace ecsward
