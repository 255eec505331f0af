// Whom TLS connections trust: those whom the system trusts, and a file of certificates besides.
#pragma once

#include <string_view>

namespace ecsward {

class Transfer;

// TLS 1.2 or later, certificate and host name verified. The system's authorities are those that
// OpenSSL was built to find (and SSL_CERT_DIR, SSL_CERT_FILE): the folder by the hash of their
// names where there is one, of which a handshake reads the one it needs; libcurl's usual file of
// them all costs 35 ms of CPU each time.
void Trust(Transfer& transfer);

// Why a certificate was not accepted, after CURLE_PEER_FAILED_VERIFICATION.
std::string_view WhyNotTrusted(const Transfer& transfer);

}  // namespace ecsward
