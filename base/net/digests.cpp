#include "base/net/digests.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace ecsward {
namespace {

// Only for want of memory or entropy. A signature or an id made of nothing is worse than an end.
void Must(bool worked) {
  if (worked) return;
  std::fputs("OpenSSL cannot compute a digest\n", stderr);
  std::abort();
}

}  // namespace

Sha256Digest OpenSslSha256(std::string_view bytes) {
  Sha256Digest digest{};
  Must(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

Sha256Digest OpenSslHmacSha256(std::string_view key, std::string_view message) {
  Sha256Digest digest{};
  const char* const bytes = key.empty() ? "" : key.data();  // null would mean the key before
  Must(HMAC(EVP_sha256(), bytes, static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
            nullptr) != nullptr);
  return digest;
}

std::string OpenSslRandomHex(std::size_t bytes) {
  std::string random(bytes, '\0');
  Must(RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) == 1);
  return HexLower(random);
}

}  // namespace ecsward
