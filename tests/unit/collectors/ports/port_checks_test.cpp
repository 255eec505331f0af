// Checks against servers on the loopback of this very process.
#include "collectors/ports/port_checks.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <re2/re2.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <ctime>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

// A key and its certificate, signed by itself: for `name`, ending so many seconds from now.
struct Identity {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  std::int64_t ends;

  explicit Identity(const std::string& name, long lives = 30L * 86'400)
      : ends(std::time(nullptr) + lives) {
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_set_version(certificate, 2);
    ASN1_TIME_set(X509_getm_notBefore(certificate), std::min(ends, std::time(nullptr)) - 3600);
    ASN1_TIME_set(X509_getm_notAfter(certificate), ends);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("ecsward test"), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    Extend(NID_basic_constraints, "critical,CA:TRUE");
    Extend(NID_subject_alt_name, ("DNS:" + name).c_str());
    X509_sign(certificate, key, EVP_sha256());
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  void Extend(int nid, const char* value) const {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  std::string Pem() const {
    BIO* const bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string out(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return out;
  }
};

// One connection of a client, plain or with TLS.
class Client {
 public:
  Client(int fd, SSL* ssl) : fd_(fd), ssl_(ssl) {}
  long Read(char* buffer, int size) {
    return ssl_ != nullptr ? SSL_read(ssl_, buffer, size)
                           : ::recv(fd_, buffer, static_cast<std::size_t>(size), 0);
  }
  bool Write(std::string_view text) {
    const long n = ssl_ != nullptr ? SSL_write(ssl_, text.data(), static_cast<int>(text.size()))
                                   : ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    return n == static_cast<long>(text.size());
  }
  // The head of a request.
  std::string Request() {
    std::string out;
    char byte = 0;
    while (!out.ends_with("\r\n\r\n") && Read(&byte, 1) == 1) out += byte;
    return out;
  }
  // Until the client has gone.
  void WaitForEnd() {
    char bytes[512];
    while (Read(bytes, sizeof bytes) > 0) {
    }
  }

 private:
  int fd_;
  SSL* ssl_;
};

class Server {
 public:
  using Serve = std::function<void(Client&)>;
  explicit Server(Serve serve, const Identity* identity = nullptr, int family = AF_INET)
      : serve_(std::move(serve)) {
    std::signal(SIGPIPE, SIG_IGN);
    listener_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 storage{};
    socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    if (family == AF_INET) {
      reinterpret_cast<sockaddr_in*>(&storage)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
      storage.sin6_addr = in6addr_loopback;
    }
    address->sa_family = static_cast<sa_family_t>(family);
    good_ = ::bind(listener_, address, size) == 0 && ::listen(listener_, 8) == 0 &&
            ::getsockname(listener_, address, &size) == 0;
    port_ = ntohs(storage.sin6_port);  // at the same place in both
    if (identity != nullptr) {
      context_ = SSL_CTX_new(TLS_server_method());
      SSL_CTX_use_certificate(context_, identity->certificate);
      SSL_CTX_use_PrivateKey(context_, identity->key);
    }
    thread_ = std::thread([this] { Loop(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    SSL_CTX_free(context_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  bool good() const { return good_; }
  std::string Target() const { return "tcp:" + std::to_string(port_); }

 private:
  void Loop() {
    for (;;) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      SSL* ssl = nullptr;
      if (context_ != nullptr) {
        ssl = SSL_new(context_);
        SSL_set_fd(ssl, fd);
      }
      if (ssl == nullptr || SSL_accept(ssl) == 1) {
        Client client(fd, ssl);
        serve_(client);
        if (ssl != nullptr) SSL_shutdown(ssl);
      }
      SSL_free(ssl);
      ::close(fd);
    }
  }

  Serve serve_;
  int listener_ = -1;
  bool good_ = false;
  std::uint16_t port_ = 0;
  SSL_CTX* context_ = nullptr;
  std::thread thread_;
};

Server::Serve Answer(std::string_view status, std::string_view body,
                     std::string_view headers = "") {
  return [text = "HTTP/1.1 " + std::string(status) +
                 "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                 std::string(headers) + "\r\n" + std::string(body)](Client& client) {
    (void)client.Request();
    (void)client.Write(text);
  };
}

// A port on which nobody listens: one that was free a moment ago.
std::string FreeTarget() {
  return Server([](Client&) {}).Target();
}

// One run of these checks.
class ChecksHost : public HostFixture {
 public:
  std::string Ask(const std::string& checks, const std::string& ca_file = "") {
    CollectorOptions options(kPortChecksOptions);
    std::string_view rest = checks;
    for (std::string_view item; NextListItem(rest, item);) {
      const auto good = CheckCheck(item);
      EXPECT_TRUE(good) << good.error().message;
    }
    options.Set("checks", checks);
    options.Set("ca_file", ca_file);
    PortChecksCollector collector(Env(), options, ECSWARD_MODULE_FOLDER);
    SeriesSet set;
    auto samples = Run(collector, set);
    EXPECT_TRUE(samples) << samples.error().message;
    return samples.value_or("");
  }
  // "up", or the reason why not.
  std::string Outcome(const std::string& check, const std::string& ca_file = "") {
    last = Ask(check, ca_file);
    if (last.find("ecsward_port_check_up{") == std::string::npos) return "nothing";
    const auto at = last.find("reason=\"");
    if (at == std::string::npos) {
      EXPECT_NE(last.find("\"} 1\n"), std::string::npos) << last;
      return "up";
    }
    const auto begin = at + 8;
    return last.substr(begin, last.find('"', begin) - begin);
  }
  std::string last;
};

// The value of the first series of that name; -1 when there is none.
double ValueOf(const std::string& samples, const std::string& name) {
  const auto at = samples.find(name + "{");
  if (at == std::string::npos) return -1;
  return std::stod(samples.substr(samples.find("} ", at) + 2));
}
constexpr const char* kExpiry = "ecsward_port_check_tls_expiry_timestamp_seconds";
constexpr const char* kStatus = "ecsward_port_check_http_status_code";

TEST(PortChecks, AreNotThereWithoutChecks) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("port_checks").error().code, ErrorCode::kNotSupported);
}

TEST(PortChecks, ConnectIsUpWhenSomebodyAccepts) {
  ChecksHost host;
  const Server server([](Client& client) { client.WaitForEnd(); });
  ASSERT_TRUE(server.good());
  EXPECT_EQ(host.Outcome(server.Target() + " connect"), "up");
  EXPECT_GE(ValueOf(host.last, "ecsward_port_check_duration_seconds"), 0);
  EXPECT_EQ(host.Outcome(FreeTarget() + " connect"), "refused");
}

TEST(PortChecks, FindsAServerThatListensOnIpv6Only) {
  ChecksHost host;
  const Server server(Answer("200 OK", "ok"), nullptr, AF_INET6);
  if (!server.good()) GTEST_SKIP() << "no IPv6 here";
  EXPECT_EQ(host.Outcome(server.Target() + " connect"), "up");
  EXPECT_EQ(host.Outcome(server.Target() + " http"), "up");
}

TEST(PortChecks, GoNowhereElse) {
  ChecksHost host;
  // TEST-NET-3: nobody's, so not this host's.
  EXPECT_EQ(host.Outcome("tcp:203.0.113.7:80 connect"), "not_here");
  EXPECT_EQ(host.Outcome("tcp:203.0.113.7:80 http"), "not_here");
}

TEST(PortChecks, HttpTellsRefusalSilenceAndNonsenseApart) {
  ChecksHost host;
  EXPECT_EQ(host.Outcome(FreeTarget() + " http"), "refused");
  EXPECT_EQ(ValueOf(host.last, kStatus), -1);
  const Server silent([](Client& client) { client.WaitForEnd(); });
  EXPECT_EQ(host.Outcome(silent.Target() + " http timeout=50ms"), "timeout");
  EXPECT_GE(ValueOf(host.last, "ecsward_port_check_duration_seconds"), 0.05);
  const Server ssh([](Client& client) { (void)client.Write("SSH-2.0-OpenSSH_9.2\r\n"); });
  EXPECT_EQ(host.Outcome(ssh.Target() + " http"), "protocol");
  EXPECT_EQ(host.Outcome(ssh.Target() + " tls"), "protocol");
}

TEST(PortChecks, HttpJudgesStatusAndBody) {
  ChecksHost host;
  const Server broken(Answer("500 Internal Server Error", "sorry"));
  EXPECT_EQ(host.Outcome(broken.Target() + " http"), "status");
  EXPECT_EQ(ValueOf(host.last, kStatus), 500);
  EXPECT_EQ(host.Outcome(broken.Target() + " http status=500 body=^sorry$"), "up");
  EXPECT_EQ(host.Outcome(broken.Target() + " http status=500 body=^fine$"), "body");
}

TEST(PortChecks, FollowNoRedirect) {
  ChecksHost host;
  std::atomic<int> asked = 0;
  const Server target([&](Client&) { ++asked; });
  const Server server(
      Answer("302 Found", "", "Location: http://127.0.0.1:" + target.Target().substr(4) + "/\r\n"));
  EXPECT_EQ(host.Outcome(server.Target() + " http"), "status");
  EXPECT_EQ(ValueOf(host.last, kStatus), 302);
  EXPECT_EQ(host.Outcome(server.Target() + " http status=302"), "up");
  EXPECT_EQ(asked, 0);
}

TEST(PortChecks, SendsHostAndPathAsWritten) {
  ChecksHost host;
  std::string request;
  const Server server([&](Client& client) {
    request = client.Request();
    (void)client.Write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  EXPECT_EQ(host.Outcome(server.Target() + " http host=www.example.com path=/a/../b?c=d"), "up");
  EXPECT_TRUE(request.starts_with("GET /a/../b?c=d HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nHost: www.example.com"), std::string::npos) << request;
}

TEST(PortChecks, ReadsTheBeginningOfAHugeBody) {
  ChecksHost host;
  std::atomic<long> sent = 0;
  const Server server([&](Client& client) {
    (void)client.Request();
    (void)client.Write("HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\nbegin");
    const std::string part(std::size_t{1} << 16, 'x');
    for (int i = 0; i < 1600 && client.Write(part); ++i) sent += 1 << 16;
  });
  EXPECT_EQ(host.Outcome(server.Target() + " http body=^beginx"), "up");
  EXPECT_EQ(host.Outcome(server.Target() + " http body=y"), "body");
  EXPECT_LT(sent, 2 * 50'000'000);
}

TEST(PortChecks, DoesNotWaitForABodyThatNeverEnds) {
  ChecksHost host;
  const Server server([&](Client& client) {
    (void)client.Request();
    (void)client.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow");
    client.WaitForEnd();
  });
  EXPECT_EQ(host.Outcome(server.Target() + " http timeout=50ms"), "timeout");
}

TEST(PortChecks, OneThatHangsDoesNotHoldUpTheOthers) {
  ChecksHost host;
  const Server silent([](Client& client) { client.WaitForEnd(); });
  const Server good(Answer("200 OK", "ok"));
  const std::string samples = host.Ask(silent.Target() + " http timeout=300ms," + good.Target() +
                                       " http," + silent.Target() + " tls timeout=200ms");
  EXPECT_NE(samples.find("ecsward_port_check_up{expect=\"" + good.Target() +
                         " http\",check=\"http\"} 1\n"),
            std::string::npos)
      << samples;
  EXPECT_NE(samples.find("check=\"http\",reason=\"timeout\"} 1\n"), std::string::npos);
  EXPECT_NE(samples.find("check=\"tls\",reason=\"timeout\"} 1\n"), std::string::npos);
}

TEST(PortChecks, VerifiesWhoSignedTheCertificate) {
  ChecksHost host;
  const Identity identity("www.example.com");
  const Server server(Answer("200 OK", "ok"), &identity);
  const std::string check = server.Target() + " https host=www.example.com";
  EXPECT_EQ(host.Outcome(check), "certificate");  // the system does not trust it
  EXPECT_EQ(ValueOf(host.last, kExpiry), static_cast<double>(identity.ends));
  EXPECT_EQ(host.Outcome(check + " insecure"), "up");
  EXPECT_EQ(ValueOf(host.last, kExpiry), static_cast<double>(identity.ends));

  host.Write("ca.pem", identity.Pem());
  const std::string ca_file = host.Env().root.Path(Tree::kProc, "../ca.pem");
  host.Write("proc/x", "");
  EXPECT_EQ(host.Outcome(check, ca_file), "up");
  EXPECT_EQ(ValueOf(host.last, kStatus), 200);
  EXPECT_EQ(host.Outcome(server.Target() + " https host=other.example.com", ca_file),
            "certificate");
  EXPECT_EQ(ValueOf(host.last, kExpiry), static_cast<double>(identity.ends));
}

TEST(PortChecks, TlsNeedsTheHandshakeOnly) {
  ChecksHost host;
  const Identity identity("ldap.example.com");
  const Server server([](Client& client) { client.WaitForEnd(); }, &identity);
  EXPECT_EQ(host.Outcome(server.Target() + " tls insecure"), "up");
  EXPECT_EQ(ValueOf(host.last, kExpiry), static_cast<double>(identity.ends));
  EXPECT_EQ(ValueOf(host.last, kStatus), -1);
  host.Write("ca.pem", identity.Pem());
  host.Write("proc/x", "");
  const std::string ca_file = host.Env().root.Path(Tree::kProc, "../ca.pem");
  EXPECT_EQ(host.Outcome(server.Target() + " tls host=ldap.example.com", ca_file), "up");
}

TEST(PortChecks, TellsWhenAnExpiredCertificateEnded) {
  ChecksHost host;
  const Identity identity("www.example.com", -86'400);
  const Server server(Answer("200 OK", "ok"), &identity);
  host.Write("ca.pem", identity.Pem());
  host.Write("proc/x", "");
  const std::string ca_file = host.Env().root.Path(Tree::kProc, "../ca.pem");
  EXPECT_EQ(host.Outcome(server.Target() + " https host=www.example.com", ca_file), "certificate");
  EXPECT_EQ(ValueOf(host.last, kExpiry), static_cast<double>(identity.ends));
}

TEST(JudgeAnswer, IsTooLateAfterMaxLatency) {
  const CheckRule rule = *ParseCheck("tcp:80 http max_latency=500ms");
  NetAnswer answer;
  answer.failure = NetAnswer::Failure::kNone;
  answer.status = 200;
  answer.seconds = 0.4;
  EXPECT_EQ(Judge(rule, nullptr, answer).reason, "");
  answer.seconds = 0.6;
  EXPECT_EQ(Judge(rule, nullptr, answer).reason, "latency");
}

TEST(PortChecks, LeavesOutWhatIsBeyondItsLimit) {
  ChecksHost host;
  std::string checks;
  const std::string free = FreeTarget();
  for (int i = 0; i < 102; ++i) {
    checks += free + " connect timeout=" + std::to_string(1000 + i) + "ms,";
  }
  CollectorOptions options(kPortChecksOptions);
  options.Set("checks", checks);
  PortChecksCollector collector(host.Env(), options);
  SeriesSet set;
  const auto samples = host.Run(collector, set);
  ASSERT_FALSE(samples);
  EXPECT_NE(samples.error().message.find("2 checks beyond 100"), std::string::npos);
}

}  // namespace
}  // namespace ecsward
