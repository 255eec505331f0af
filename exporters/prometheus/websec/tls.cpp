#include "exporters/prometheus/websec/tls.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace ecsward {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using CtxPtr = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, Deleter<SSL_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>>;

// A socket BIO that cannot raise SIGPIPE, which OpenSSL's own does when the client is gone.
int SocketWrite(BIO* bio, const char* data, int size) {
  const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  const ssize_t n = send(socket, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int SocketRead(BIO* bio, char* out, int size) {
  const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
  BIO_clear_retry_flags(bio);
  const ssize_t n = recv(socket, out, static_cast<std::size_t>(size), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(n);
}

long SocketControl(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* SocketMethod() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const m = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "socket");
    if (m == nullptr) return m;
    BIO_meth_set_write(m, SocketWrite);
    BIO_meth_set_read(m, SocketRead);
    BIO_meth_set_ctrl(m, SocketControl);
    return m;
  }();
  return method;
}

bool AllowedSan(X509* certificate, const std::vector<std::string>& allowed) {
  const NamesPtr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (names == nullptr) return false;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    std::string text;
    if (name->type == GEN_DNS || name->type == GEN_EMAIL || name->type == GEN_URI) {
      const ASN1_IA5STRING* const s = name->d.ia5;
      text.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(s)),
                  static_cast<std::size_t>(ASN1_STRING_length(s)));
    } else if (name->type == GEN_IPADD) {
      const int size = ASN1_STRING_length(name->d.ip);
      char out[INET6_ADDRSTRLEN] = "";
      if (size == 4 || size == 16) {
        inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.ip), out,
                  sizeof out);
      }
      text = out;
    }
    if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return true;
  }
  return false;
}

class Connection final : public TlsConnection {
 public:
  Connection(SslPtr ssl, std::shared_ptr<const std::vector<std::string>> allowed_sans)
      : ssl_(std::move(ssl)), allowed_sans_(std::move(allowed_sans)) {}

  IoStatus Handshake() override {
    ERR_clear_error();
    const int done = SSL_accept(ssl_.get());
    if (done != 1) return Failed(done);
    if (allowed_sans_->empty()) return IoStatus::kOk;
    const X509Ptr peer(SSL_get_peer_certificate(ssl_.get()));
    // Without a certificate: that none was required has been decided by then.
    if (peer == nullptr || AllowedSan(peer.get(), *allowed_sans_)) return IoStatus::kOk;
    return IoStatus::kFailed;
  }

  IoResult Read(char* out, std::size_t size) override {
    ERR_clear_error();
    const int n = SSL_read(ssl_.get(), out, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (n > 0) return {IoStatus::kOk, static_cast<std::size_t>(n)};
    return {Failed(n), 0};
  }

  IoResult Write(const char* data, std::size_t size) override {
    ERR_clear_error();
    const int n =
        SSL_write(ssl_.get(), data, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (n > 0) return {IoStatus::kOk, static_cast<std::size_t>(n)};
    return {Failed(n), 0};
  }

  void Shutdown() override {
    if (broken_ || !SSL_is_init_finished(ssl_.get())) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }

 private:
  IoStatus Failed(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return IoStatus::kWantRead;
      case SSL_ERROR_WANT_WRITE:
        return IoStatus::kWantWrite;
      case SSL_ERROR_ZERO_RETURN:
        return IoStatus::kClosed;
      default:
        broken_ = true;
        return IoStatus::kFailed;
    }
  }

  SslPtr ssl_;
  std::shared_ptr<const std::vector<std::string>> allowed_sans_;
  bool broken_ = false;
};

class Context final : public TlsContext {
 public:
  Context(CtxPtr ctx, std::vector<std::string> allowed_sans)
      : ctx_(std::move(ctx)),
        allowed_sans_(std::make_shared<const std::vector<std::string>>(std::move(allowed_sans))) {}

  std::unique_ptr<TlsConnection> Accept(int socket) override {
    SslPtr ssl(SSL_new(ctx_.get()));
    BIO* const bio = SocketMethod() == nullptr ? nullptr : BIO_new(SocketMethod());
    if (ssl == nullptr || bio == nullptr) {
      BIO_free(bio);
      return nullptr;
    }
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a BIO carries one pointer; ours is the descriptor
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);  // takes the one reference for both directions
    return std::make_unique<Connection>(std::move(ssl), allowed_sans_);
  }

 private:
  CtxPtr ctx_;
  std::shared_ptr<const std::vector<std::string>> allowed_sans_;
};

// "what: OpenSSL's reason".
Error OpenSslError(const std::string& what) {
  const unsigned long code = ERR_peek_last_error();
  ErrorCode kind = ErrorCode::kInvalidArgument;
  std::string reason = "unknown error";
  if (ERR_GET_LIB(code) == ERR_LIB_SYS || ERR_SYSTEM_ERROR(code)) {
    kind = ErrorCode::kIo;
  }
  if (const char* text = ERR_reason_error_string(code)) reason = text;
  ERR_clear_error();
  return Fail(kind, what + ": " + reason);
}

// Opened by us first: OpenSSL's own message about a missing file names three of its functions.
Result<void> CheckReadable(const std::string& file) {
  const std::unique_ptr<FILE, Deleter<fclose>> opened(fopen(file.c_str(), "re"));
  if (opened != nullptr) return {};
  const int error_number = errno;
  const ErrorCode code = error_number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kDenied;
  return Fail(code, file + ": " + strerror(error_number));
}

int NoPassword(char*, int, int, void*) { return 0; }

int AcceptAnyCertificate(int, X509_STORE_CTX*) { return 1; }

void SetClientAuth(SSL_CTX* ctx, ClientAuth auth) {
  int mode = SSL_VERIFY_NONE;
  if (auth != ClientAuth::kNone) mode = SSL_VERIFY_PEER;
  if (auth == ClientAuth::kRequireAny || auth == ClientAuth::kRequireAndVerify) {
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  const bool verifies = auth == ClientAuth::kVerifyIfGiven || auth == ClientAuth::kRequireAndVerify;
  SSL_CTX_set_verify(ctx, mode, verifies ? nullptr : AcceptAnyCertificate);
}

// Go's cipher names are IANA's; OpenSSL has its own for TLS 1.2.
Result<void> SetCiphers(SSL_CTX* ctx, const std::vector<std::string>& suites) {
  std::string list;
  for (const std::string& suite : suites) {
    const std::string_view name = OPENSSL_cipher_name(suite.c_str());
    if (name == "(NONE)" || name.starts_with("TLS_"))
      continue;  // TLS 1.3's are not chosen, as in Go
    if (!list.empty()) list += ':';
    list += name;
  }
  if (list.empty()) return {};
  if (SSL_CTX_set_cipher_list(ctx, list.c_str()) != 1) {
    return OpenSslError("tls_server_config.cipher_suites");
  }
  return {};
}

Result<void> SetCurves(SSL_CTX* ctx, const std::vector<std::string>& curves) {
  std::string list;
  for (const std::string& curve : curves) {
    if (!list.empty()) list += ':';
    list += curve.starts_with("CurveP") ? "P-" + curve.substr(6) : curve;
  }
  if (list.empty()) return {};
  if (SSL_CTX_set1_groups_list(ctx, list.c_str()) != 1) {
    return OpenSslError("tls_server_config.curve_preferences");
  }
  return {};
}

Result<void> LoadFiles(SSL_CTX* ctx, const TlsSettings& settings) {
  for (const std::string* file :
       {&settings.cert_file, &settings.key_file, &settings.client_ca_file}) {
    if (file->empty()) continue;
    if (auto ok = CheckReadable(*file); !ok) return ok;
  }
  if (SSL_CTX_use_certificate_chain_file(ctx, settings.cert_file.c_str()) != 1) {
    return OpenSslError(settings.cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(ctx, settings.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(ctx) != 1) {
    return OpenSslError(settings.key_file);
  }
  if (settings.client_ca_file.empty()) return {};
  if (SSL_CTX_load_verify_locations(ctx, settings.client_ca_file.c_str(), nullptr) != 1) {
    return OpenSslError(settings.client_ca_file);
  }
  SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(settings.client_ca_file.c_str()));
  return {};
}

}  // namespace

Result<std::unique_ptr<TlsContext>> LoadTlsContext(const TlsSettings& settings) {
  ERR_clear_error();
  CtxPtr ctx(SSL_CTX_new(TLS_server_method()));
  if (ctx == nullptr) return OpenSslError("TLS");
  const auto version = [](int v) { return v >= 13 ? TLS1_3_VERSION : TLS1_2_VERSION; };
  SSL_CTX_set_min_proto_version(ctx.get(), version(settings.min_version));
  SSL_CTX_set_max_proto_version(ctx.get(), version(settings.max_version));
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  if (settings.prefer_server_cipher_suites) {
    SSL_CTX_set_options(ctx.get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
  }
  SSL_CTX_set_mode(ctx.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
  // Without this an encrypted key would ask for its password on the daemon's terminal, and wait.
  SSL_CTX_set_default_passwd_cb(ctx.get(), NoPassword);
  // Scrapers keep their connection; a session cache would be memory for nothing.
  SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_OFF);
  // With client certificates a session can only be resumed under a name of ours.
  static constexpr unsigned char kSessionId[] = "ecsward";
  SSL_CTX_set_session_id_context(ctx.get(), kSessionId, sizeof kSessionId - 1);
  SetClientAuth(ctx.get(), settings.client_auth);
  if (auto ok = SetCiphers(ctx.get(), settings.cipher_suites); !ok) return std::move(ok).error();
  if (auto ok = SetCurves(ctx.get(), settings.curve_preferences); !ok) return std::move(ok).error();
  if (auto ok = LoadFiles(ctx.get(), settings); !ok) return std::move(ok).error();
  std::unique_ptr<TlsContext> out =
      std::make_unique<Context>(std::move(ctx), settings.client_allowed_sans);
  return out;
}

}  // namespace ecsward
