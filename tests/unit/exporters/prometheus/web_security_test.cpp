// TLS and users, with certificates made here.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "exporters/prometheus/server.h"
#include "tests/unit/exporters/prometheus/loopback.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

// bcrypt of "secret" at cost 4, the cheapest.
constexpr const char* kSecretHash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr const char* kAliceSecret = "Authorization: Basic YWxpY2U6c2VjcmV0\r\n";  // alice:secret
constexpr const char* kAliceWrong = "Authorization: Basic YWxpY2U6d3Jvbmc=\r\n";   // alice:wrong
constexpr const char* kBobSecret = "Authorization: Basic Ym9iOnNlY3JldA==\r\n";    // bob:secret

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "ecsward_web_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }

 private:
  fs::path path_;
};

// A key and a certificate of it: signed by itself, or by `issuer` when given.
struct Identity {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();

  explicit Identity(const char* name, const Identity* issuer = nullptr, bool ca = false) {
    static long serial = 1;
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_set_version(certificate, 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    const Identity& by = issuer == nullptr ? *this : *issuer;
    X509_set_issuer_name(certificate, X509_get_subject_name(by.certificate));
    Extend(NID_basic_constraints, ca ? "critical,CA:TRUE" : "CA:FALSE");
    Extend(NID_subject_alt_name, (std::string("DNS:") + name).c_str());
    X509_sign(certificate, by.key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  void Extend(int nid, const char* value) {
    X509_EXTENSION* const e = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate, e, -1);
    X509_EXTENSION_free(e);
  }
  void Save(const std::string& cert_file, const std::string& key_file) const {
    FILE* f = fopen(cert_file.c_str(), "w");
    PEM_write_X509(f, certificate);
    fclose(f);
    f = fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(f, key, nullptr, nullptr, 0, nullptr, nullptr);
    fclose(f);
  }
};

// A TLS client that trusts anybody and remembers whom it met.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const Identity* identity = nullptr,
            int max_version = TLS1_3_VERSION)
      : socket_(port), ctx_(SSL_CTX_new(TLS_client_method())) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's socket writes raise it; the server's do not
    SSL_CTX_set_min_proto_version(ctx_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(ctx_, max_version);
    if (identity != nullptr) {
      SSL_CTX_use_certificate(ctx_, identity->certificate);
      SSL_CTX_use_PrivateKey(ctx_, identity->key);
    }
    ssl_ = SSL_new(ctx_);
    SSL_set_fd(ssl_, socket_.fd());
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(ctx_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  std::string server_name() const {
    X509* const peer = SSL_get_peer_certificate(ssl_);
    char name[100] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof name);
    X509_free(peer);
    return name;
  }
  // One response; empty when there is none.
  std::string Ask(const std::string& request) {
    if (SSL_write(ssl_, request.data(), static_cast<int>(request.size())) <= 0) return {};
    std::string got;
    while (true) {
      const auto head = got.find("\r\n\r\n");
      if (head != std::string::npos &&
          got.size() >= head + 4 + std::stoul(std::string(HeaderOf(got, "Content-Length")))) {
        return got;
      }
      char some[20'000];
      const int n = SSL_read(ssl_, some, sizeof some);
      if (n <= 0) return {};
      got.append(some, static_cast<std::size_t>(n));
    }
  }

 private:
  LoopbackClient socket_;
  SSL_CTX* ctx_;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
};

PrometheusOptions WithWebConfig(const Folder& folder) {
  PrometheusOptions options;
  options.web_config_file = folder / "web.yml";
  return options;
}

constexpr const char* kTlsConfig = "tls_server_config: {cert_file: s.crt, key_file: s.key";

TEST(WebSecurity, ServesScrapesOverTls) {
  const Folder folder;
  Identity("server.test").Save(folder / "s.crt", folder / "s.key");
  folder.Write("web.yml", std::string(kTlsConfig) +
                              "}\nhttp_server_config: {headers: {X-Frame-Options: deny}}\n");
  LoopbackServer server(WithWebConfig(folder));
  server.Tick(7, 3000);
  TlsClient client(server.port());
  ASSERT_TRUE(client.connected());
  EXPECT_EQ(client.server_name(), "server.test");
  for (int i = 0; i < 3; ++i) {
    const std::string response = client.Ask(Get("/metrics"));
    EXPECT_TRUE(response.starts_with("HTTP/1.1 200")) << response;
    EXPECT_EQ(HeaderOf(response, "X-Frame-Options"), "deny");
    EXPECT_NE(response.find("\ng 7\n"), std::string::npos);
  }
  EXPECT_FALSE(TlsClient(server.port(), nullptr, TLS1_1_VERSION).connected());
  LoopbackClient plain(server.port());
  plain.Send(Get("/metrics"));
  EXPECT_EQ(plain.ReceiveAll().find("HTTP/1.1 200"), std::string::npos);
  EXPECT_EQ(server.SelfMetric("ecsward_http_tls_handshake_errors_total"), "2");
}

TEST(WebSecurity, TakesANewCertificateWithoutARestartAndKeepsTheOldOneWhenItIsBad) {
  const Folder folder;
  Identity("first.test").Save(folder / "s.crt", folder / "s.key");
  folder.Write("web.yml", std::string(kTlsConfig) + "}\n");
  LoopbackServer server(WithWebConfig(folder));
  server.Tick(1);
  TlsClient old(server.port());
  EXPECT_EQ(old.server_name(), "first.test");
  Identity("second.test").Save(folder / "s.crt", folder / "s.key");
  const auto met = [&] { return TlsClient(server.port()).server_name(); };
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (met() != "second.test" && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // looked at once a second
  }
  EXPECT_EQ(met(), "second.test");
  EXPECT_TRUE(old.Ask(Get("/-/healthy")).starts_with("HTTP/1.1 200"));
  folder.Write("s.crt", "no certificate\n");
  while (server.Warnings().empty() && std::chrono::steady_clock::now() < give_up) {
    EXPECT_EQ(met(), "second.test");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ASSERT_FALSE(server.Warnings().empty());
  EXPECT_NE(server.Warnings().front().find("s.crt"), std::string::npos)
      << server.Warnings().front();
  EXPECT_EQ(met(), "second.test");
}

TEST(WebSecurity, AsksClientsForTheirCertificate) {
  const Folder folder;
  const Identity ca("ca.test", nullptr, true);
  ca.Save(folder / "ca.crt", folder / "ca.key");
  Identity("server.test").Save(folder / "s.crt", folder / "s.key");
  folder.Write("web.yml", std::string(kTlsConfig) +
                              ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: "
                              "ca.crt, client_allowed_sans: [good.test]}\n");
  LoopbackServer server(WithWebConfig(folder));
  server.Tick(1);
  const auto answered = [&](const Identity* identity) {
    TlsClient client(server.port(), identity);
    return client.connected() && !client.Ask(Get("/-/healthy")).empty();
  };
  const Identity good("good.test", &ca);
  const Identity other("other.test", &ca);
  const Identity stranger("good.test");
  EXPECT_TRUE(answered(&good));
  EXPECT_FALSE(answered(&other));
  EXPECT_FALSE(answered(&stranger));
  EXPECT_FALSE(answered(nullptr));
}

TEST(WebSecurity, LetsInThoseWhoKnowThePassword) {
  const Folder folder;
  folder.Write("web.yml", std::string("basic_auth_users: {alice: \"") + kSecretHash + "\"}\n");
  LoopbackServer server(WithWebConfig(folder));
  server.Tick(1);
  LoopbackClient client(server.port());
  const auto status = [&](const std::string& headers) {
    EXPECT_TRUE(client.Send(Get("/metrics", headers)));
    const std::string response = client.ReceiveResponse();
    if (response.starts_with("HTTP/1.1 401")) {
      EXPECT_EQ(HeaderOf(response, "WWW-Authenticate"), "Basic realm=\"ecsward\"");
    }
    return response.substr(9, 3);
  };
  for (int round = 0; round < 2; ++round) {  // checked, then remembered
    EXPECT_EQ(status(""), "401");
    EXPECT_EQ(status(kAliceSecret), "200");
    EXPECT_EQ(status(kAliceWrong), "401");
    EXPECT_EQ(status(kBobSecret), "401");
    EXPECT_EQ(status("Authorization: Basic YWxpY2U6c2VjcmV0AHg=\r\n"), "401");  // secret, NUL, x
    EXPECT_EQ(status("Authorization: Basic ???\r\n"), "401");
    EXPECT_EQ(status("Authorization: Bearer x\r\n"), "401");
    EXPECT_EQ(status("Authorization: Basic " + std::string(2000, 'A') + "\r\n"), "401");
  }
  // While a check is under way the connection's next request waits for its turn.
  ASSERT_TRUE(client.Send(Get("/-/healthy", "Authorization: Basic YWxpY2U6eA==\r\n") +
                          Get("/-/healthy", kAliceSecret)));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 401"));
  EXPECT_TRUE(client.ReceiveResponse().starts_with("HTTP/1.1 200"));
}

TEST(WebSecurity, StopsWhileAPasswordIsBeingChecked) {
  const Folder folder;
  std::string slow = kSecretHash;
  slow[4] = '1';  // cost 14: a second
  slow[5] = '4';
  folder.Write("web.yml", "basic_auth_users: {alice: \"" + slow + "\"}\n");
  const auto begin = std::chrono::steady_clock::now();
  {
    LoopbackServer server(WithWebConfig(folder));
    LoopbackClient client(server.port());
    ASSERT_TRUE(client.Send(Get("/-/healthy", kAliceSecret)));
    LoopbackClient other(server.port());
    ASSERT_TRUE(other.Send(Get("/-/healthy")));
    EXPECT_TRUE(other.ReceiveResponse().starts_with("HTTP/1.1 401"));
    const auto ok = server.Reload(WithWebConfig(folder));
    EXPECT_TRUE(ok);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
}

TEST(WebSecurity, RefusesToStartWithWhatItCannotRead) {
  const Folder folder;
  const auto why = [&](const std::string& config) {
    folder.Write("web.yml", config);
    PrometheusOptions options = WithWebConfig(folder);
    options.module_folder = ModuleFolder();
    const auto problems = CheckPrometheusOptions(options);
    return problems.empty() ? std::string() : problems.front();
  };
  EXPECT_EQ(why("{}\n"), "");
  EXPECT_NE(why(std::string(kTlsConfig) + "}\n").find("s.crt: No such file"), std::string::npos);
  Identity("a.test").Save(folder / "s.crt", folder / "s.key");
  EXPECT_EQ(why(std::string(kTlsConfig) + "}\n"), "");
  Identity("b.test").Save(folder / "other.crt", folder / "s.key");
  EXPECT_NE(why(std::string(kTlsConfig) + "}\n").find("s.key: key values mismatch"),
            std::string::npos);
  EXPECT_NE(why("tls_server_confi: {}\n").find("did you mean \"tls_server_config\""),
            std::string::npos);
}

}  // namespace
}  // namespace ecsward
