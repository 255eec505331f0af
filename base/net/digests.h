// SHA-256, HMAC and random bytes by OpenSSL: Digests.
#pragma once

#include <string>
#include <string_view>

#include "base/net.h"

namespace ecsward {

Sha256Digest OpenSslSha256(std::string_view bytes);
Sha256Digest OpenSslHmacSha256(std::string_view key, std::string_view message);
std::string OpenSslRandomHex(std::size_t bytes);

}  // namespace ecsward
