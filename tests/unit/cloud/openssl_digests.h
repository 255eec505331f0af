// Digests by OpenSSL itself, and "random" text that counts: "00…01", "00…02".
#pragma once

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <atomic>

#include "base/net.h"

namespace ecsward {

class OpenSslDigests final : public Digests {
 public:
  Sha256Digest Sha256(std::string_view bytes) const override {
    Sha256Digest digest{};
    SHA256(Data(bytes), bytes.size(), digest.data());
    return digest;
  }
  Sha256Digest HmacSha256(std::string_view key, std::string_view message) const override {
    Sha256Digest digest{};
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Data(message), message.size(),
         digest.data(), nullptr);
    return digest;
  }
  std::string RandomHex(std::size_t bytes) const override {
    return fmt::format("{:0{}x}", ++drawn_, 2 * bytes);
  }

 private:
  static const unsigned char* Data(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
  }

  mutable std::atomic<std::uint64_t> drawn_{0};
};

}  // namespace ecsward
