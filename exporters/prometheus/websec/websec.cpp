// The security module: see exporters/prometheus/websec.h. Nothing else links OpenSSL or libxcrypt.
#include "exporters/prometheus/websec.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstring>

#include "exporters/prometheus/websec/tls.h"

namespace ecsward {
namespace {

class Module final : public WebSecurity {
 public:
  bool Start() { return RAND_bytes(key_.data(), static_cast<int>(key_.size())) == 1; }

  Result<std::unique_ptr<TlsContext>> LoadTls(const TlsSettings& settings) const override {
    return LoadTlsContext(settings);
  }

  bool VerifyPassword(const std::string& password, const std::string& hash) const override {
    // 32 KiB of work space: too much for a small thread's stack.
    const auto work = std::make_unique<crypt_data>();
    // Not crypt_r: the sanitizers stand in for that, and fall over when libcrypt comes late.
    const char* const made =
        crypt_rn(password.c_str(), hash.c_str(), work.get(), static_cast<int>(sizeof *work));
    const bool same = made != nullptr && std::strlen(made) == hash.size() &&
                      CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
    OPENSSL_cleanse(work.get(), sizeof *work);
    return same;
  }

  PasswordDigest Digest(std::string_view user, std::string_view hash,
                        std::string_view password) const override {
    // Each text behind its length, so that no two triples read the same.
    std::string message;
    message.reserve(user.size() + hash.size() + password.size() + 3 * sizeof(std::uint32_t));
    for (const std::string_view text : {user, hash, password}) {
      const auto size = static_cast<std::uint32_t>(text.size());
      message.append(reinterpret_cast<const char*>(&size), sizeof size);
      message.append(text);
    }
    PasswordDigest out{};
    unsigned int size = out.size();
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), out.data(), &size);
    OPENSSL_cleanse(message.data(), message.size());
    return out;
  }

 private:
  std::array<std::uint8_t, 32> key_{};
};

}  // namespace
}  // namespace ecsward

extern "C" __attribute__((visibility("default"))) ecsward::WebSecurity* EcswardWebSecurity1() {
  static ecsward::Module module;
  return module.Start() ? &module : nullptr;
}
