// Servers on the loopback that do what a test tells them, byte by byte: plain blocking threads.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace ecsward {

// A key and a certificate for `name`, signed by `issuer` or by itself, that was valid from an hour
// before to `lives` seconds from now (negative: it has expired).
class TestIdentity {
 public:
  explicit TestIdentity(const std::string& name, long lives = 3600,
                        const TestIdentity* issuer = nullptr);
  ~TestIdentity();
  TestIdentity(const TestIdentity&) = delete;
  TestIdentity& operator=(const TestIdentity&) = delete;

  std::string Pem() const;       // the certificate
  std::string HashName() const;  // under which OpenSSL looks for it in a folder: "1a2b3c4d.0"
  EVP_PKEY* key() const { return key_; }
  X509* certificate() const { return certificate_; }

 private:
  EVP_PKEY* key_;
  X509* certificate_;
};

// One client. Every wait ends after twenty seconds.
class TestConnection {
 public:
  explicit TestConnection(int fd) : fd_(fd) {}
  ~TestConnection();
  TestConnection(const TestConnection&) = delete;
  TestConnection& operator=(const TestConnection&) = delete;

  bool StartTls(const TestIdentity& identity, int max_version = TLS1_3_VERSION);
  // Up to and with `end`; what came, when the client went before.
  std::string ReadUntil(std::string_view end);
  std::string ReadRequest();          // of HTTP: head and Content-Length's body
  bool Write(std::string_view text);  // false: the client has gone
  bool secure() const { return ssl_ != nullptr; }
  void WaitForEnd();  // until the client has gone
  void Reset();       // the connection is gone without a farewell
  void Shut();        // from another thread: what waits, ends

 private:
  long Read(char* to, int size);

  int fd_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
};

// A thread for each client, which has gone when `serve` returns.
class TestServer {
 public:
  using Serve = std::function<void(TestConnection&)>;
  // With an identity each connection begins with TLS.
  explicit TestServer(Serve serve, const TestIdentity* identity = nullptr, int family = AF_INET);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  bool good() const { return good_; }  // false: this host has no such address
  std::uint16_t port() const { return port_; }
  std::string Url(const std::string& path = "/", const std::string& host = "127.0.0.1") const;
  int connections() const { return connections_; }

 private:
  void Loop();

  Serve serve_;
  const TestIdentity* identity_;
  int listener_ = -1;
  bool good_ = false;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;  // guards the next two
  std::list<std::unique_ptr<TestConnection>> open_;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

// The usual: reads the request, writes `answer`, closes.
TestServer::Serve Answering(std::string answer);

// A port that nobody listens on. Bound as long as this lives, so that nobody else gets it.
class ClosedPort {
 public:
  ClosedPort();
  ~ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;  // before the socket, which tells it
  int fd_;
};

// A port where no connection comes about: the queue of its listener is full.
class FullPort {
 public:
  FullPort();
  ~FullPort();
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int listener_;
  int waiting_[2];
};

}  // namespace ecsward
