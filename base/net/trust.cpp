#include "base/net/trust.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "base/net/transfer.h"

namespace ecsward {
namespace {

CURLcode OnContext(CURL*, void* context, void* user) {
  auto* const ssl = static_cast<SSL_CTX*>(context);
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string& ca_file = transfer.ca_file();
  transfer.BeginTls();
  // Without the system's the file may still do.
  (void)SSL_CTX_set_default_verify_paths(ssl);
  if (!ca_file.empty() && SSL_CTX_load_verify_locations(ssl, ca_file.c_str(), nullptr) != 1) {
    return CURLE_SSL_CACERT_BADFILE;
  }
  return CURLE_OK;
}

}  // namespace

void Trust(Transfer& transfer) {
  transfer.Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  transfer.Set(CURLOPT_SSL_VERIFYPEER, 1L);
  transfer.Set(CURLOPT_SSL_VERIFYHOST, 2L);
  transfer.Set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  transfer.Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  transfer.Set(CURLOPT_SSL_CTX_FUNCTION, OnContext);
  transfer.Set(CURLOPT_SSL_CTX_DATA, &transfer);
}

std::string_view WhyNotTrusted(const Transfer& transfer) {
  switch (transfer.Info(CURLINFO_SSL_VERIFYRESULT)) {
    // OpenSSL has nothing against it, but libcurl, which compares the name, and may not have asked
    // OpenSSL yet.
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for another host name";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the certificate is not valid yet";
    case X509_V_ERR_CERT_REVOKED:
      return "the certificate was revoked";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "the certificate is signed by nobody who is trusted here";
    default:
      return "the certificate is not valid";
  }
}

}  // namespace ecsward
