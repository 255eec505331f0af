#include "tests/unit/base/test_server.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace ecsward {
namespace {

void Extend(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A bound socket of the loopback, and its port.
int Bound(int family, std::uint16_t& port) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 storage{};
  socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if (family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(&storage)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  } else {
    storage.sin6_addr = in6addr_loopback;
  }
  address->sa_family = static_cast<sa_family_t>(family);
  if (::bind(fd, address, size) == 0 && ::getsockname(fd, address, &size) == 0) {
    port = ntohs(storage.sin6_port);  // at the same place in both
  }
  return fd;
}

}  // namespace

TestIdentity::TestIdentity(const std::string& name, long lives, const TestIdentity* issuer)
    : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
  static std::atomic<long> serial = 1;
  const std::time_t ends = std::time(nullptr) + lives;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate_), serial++);
  X509_set_version(certificate_, 2);
  ASN1_TIME_set(X509_getm_notBefore(certificate_), std::min(ends, std::time(nullptr)) - 3600);
  ASN1_TIME_set(X509_getm_notAfter(certificate_), ends);
  X509_set_pubkey(certificate_, key_);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate_), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  const TestIdentity& by = issuer == nullptr ? *this : *issuer;
  X509_set_issuer_name(certificate_, X509_get_subject_name(by.certificate_));
  Extend(certificate_, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  Extend(certificate_, NID_subject_alt_name, ("DNS:" + name).c_str());
  X509_sign(certificate_, by.key_, EVP_sha256());
}

TestIdentity::~TestIdentity() {
  X509_free(certificate_);
  EVP_PKEY_free(key_);
}

std::string TestIdentity::Pem() const {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate_);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

std::string TestIdentity::HashName() const {
  char name[20];
  std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(certificate_));
  return name;
}

TestConnection::~TestConnection() {
  if (ssl_ != nullptr) SSL_shutdown(ssl_);
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  ::close(fd_);
}

bool TestConnection::StartTls(const TestIdentity& identity, int max_version) {
  context_ = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(context_, 0);  // old versions, which no client should take
  SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_, max_version);
  SSL_CTX_use_certificate(context_, identity.certificate());
  SSL_CTX_use_PrivateKey(context_, identity.key());
  SSL* const ssl = SSL_new(context_);
  SSL_set_fd(ssl, fd_);
  if (SSL_accept(ssl) != 1) {
    SSL_free(ssl);
    return false;
  }
  ssl_ = ssl;
  return true;
}

long TestConnection::Read(char* to, int size) {
  return ssl_ != nullptr ? SSL_read(ssl_, to, size)
                         : ::recv(fd_, to, static_cast<std::size_t>(size), 0);
}

std::string TestConnection::ReadUntil(std::string_view end) {
  std::string out;
  char byte = 0;
  while (!out.ends_with(end) && Read(&byte, 1) == 1) out += byte;
  return out;
}

std::string TestConnection::ReadRequest() {
  std::string out = ReadUntil("\r\n\r\n");
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const auto at = out.find(kLength);
  if (at == std::string::npos) return out;
  const std::size_t whole = out.size() + std::stoul(out.substr(at + kLength.size()));
  char byte = 0;
  while (out.size() < whole && Read(&byte, 1) == 1) out += byte;
  return out;
}

bool TestConnection::Write(std::string_view text) {
  while (!text.empty()) {
    const long n = ssl_ != nullptr ? SSL_write(ssl_, text.data(), static_cast<int>(text.size()))
                                   : ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void TestConnection::WaitForEnd() {
  char bytes[4096];
  while (Read(bytes, sizeof bytes) > 0) {
  }
}

void TestConnection::Reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void TestConnection::Shut() { ::shutdown(fd_, SHUT_RDWR); }

TestServer::TestServer(Serve serve, const TestIdentity* identity, int family)
    : serve_(std::move(serve)), identity_(identity) {
  std::signal(SIGPIPE, SIG_IGN);  // as the daemon does; OpenSSL writes without MSG_NOSIGNAL
  listener_ = Bound(family, port_);
  good_ = port_ != 0 && ::listen(listener_, 64) == 0;
  acceptor_ = std::thread([this] { Loop(); });
}

TestServer::~TestServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& connection : open_) connection->Shut();
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

std::string TestServer::Url(const std::string& path, const std::string& host) const {
  return (identity_ == nullptr ? "http://" : "https://") + host + ":" + std::to_string(port_) +
         path;
}

void TestServer::Loop() {
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    ++connections_;
    const std::lock_guard lock(mutex_);
    const auto at = open_.insert(open_.end(), std::make_unique<TestConnection>(fd));
    threads_.emplace_back([this, at] {
      TestConnection& connection = **at;
      if (identity_ == nullptr || connection.StartTls(*identity_)) serve_(connection);
      const std::lock_guard end(mutex_);
      open_.erase(at);
    });
  }
}

TestServer::Serve Answering(std::string answer) {
  return [answer = std::move(answer)](TestConnection& connection) {
    connection.ReadRequest();
    connection.Write(answer);
  };
}

ClosedPort::ClosedPort() : fd_(Bound(AF_INET, port_)) {}
ClosedPort::~ClosedPort() { ::close(fd_); }

FullPort::FullPort() : listener_(Bound(AF_INET, port_)) {
  ::listen(listener_, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int& fd : waiting_) {  // the first is let in, which is one more than the queue's length
    fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

FullPort::~FullPort() {
  for (const int fd : waiting_) ::close(fd);
  ::close(listener_);
}

}  // namespace ecsward
