#include "base/net/failure.h"

#include <fmt/format.h>

#include <cctype>
#include <chrono>
#include <system_error>

#include "base/net/trust.h"

namespace ecsward {
namespace {

// "10 s", "2.5 s", "300 ms".
std::string InWords(std::chrono::milliseconds time) {
  if (time.count() < 1000) return fmt::format("{} ms", time.count());
  return fmt::format("{} s", static_cast<double>(time.count()) / 1000);
}

// "connection refused".
std::string WhyNoConnection(const Transfer& transfer) {
  const long number = transfer.Info(CURLINFO_OS_ERRNO);
  if (number == 0) return "no connection comes about";
  std::string text = std::system_category().message(static_cast<int>(number));
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace

Error GivenUp() { return Fail(ErrorCode::kIo, "given up, because the daemon ends"); }

Error Explain(const Transfer& transfer, Ending ending, const Transfer::Limits& limits,
              const char* protocol) {
  switch (ending) {
    case Ending::kCancelled:
      return GivenUp();
    case Ending::kConnectTimeout: {
      const char* const missing = transfer.looking_up()  ? "the host name was not found"
                                  : transfer.tls_begun() ? "the TLS handshake was not finished"
                                                         : "no connection";
      return Fail(
          ErrorCode::kTimeout,
          fmt::format("{} within {}", missing, InWords(std::min(limits.connect, limits.whole))));
    }
    case Ending::kTimeout:
      return Fail(ErrorCode::kTimeout, "no answer within " + InWords(limits.whole));
    case Ending::kFinished:
      break;
  }
  const CURLcode code = transfer.code();
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Fail(ErrorCode::kNotFound, "the host name cannot be resolved");
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Fail(ErrorCode::kNotFound, "the proxy's name cannot be resolved");
    case CURLE_COULDNT_CONNECT:
      return Fail(ErrorCode::kIo, WhyNoConnection(transfer));
    case CURLE_PEER_FAILED_VERIFICATION:
      return Fail(ErrorCode::kDenied, std::string(WhyNotTrusted(transfer)));
    case CURLE_SSL_CACERT_BADFILE:
      return Fail(ErrorCode::kIo, "ca_file cannot be read, or is no PEM file of certificates");
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return Fail(ErrorCode::kIo, "no TLS connection comes about (1.2 or later is wanted)");
    case CURLE_USE_SSL_FAILED:
      return Fail(ErrorCode::kIo,
                  "the server does not offer STARTTLS, without which nothing is sent");
    case CURLE_GOT_NOTHING:
      return Fail(ErrorCode::kIo, "the connection was closed without an answer");
    case CURLE_PARTIAL_FILE:
      return Fail(ErrorCode::kIo, "the connection was closed in the middle of the answer");
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return Fail(ErrorCode::kIo, "the connection broke");
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return Fail(ErrorCode::kIo, fmt::format("the answer is not {}", protocol));
    case CURLE_OUT_OF_MEMORY:
      return Fail(ErrorCode::kIo, "out of memory");
    default:
      return Fail(ErrorCode::kIo, fmt::format("libcurl: {}", curl_easy_strerror(code)));
  }
}

}  // namespace ecsward
