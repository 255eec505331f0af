// The module libecsward-net.so: base/net.h says what it does.
#include "base/net/net_module.h"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <vector>

#include "base/net/digests.h"
#include "base/net/http.h"
#include "base/net/mail.h"
#include "base/net/transfer.h"

namespace ecsward {
namespace {

class CurlNetwork final : public Network {
 public:
  tl::expected<HttpResponse, NetError> Perform(const HttpRequest& request) override {
    return PerformHttp(request, cancellation_);
  }
  tl::expected<void, Failure> Send(const MailRequest& request) override {
    return SendMail(request, cancellation_);
  }
  Sha256Digest Sha256(std::string_view bytes) const override { return OpenSslSha256(bytes); }
  Sha256Digest HmacSha256(std::string_view key, std::string_view message) const override {
    return OpenSslHmacSha256(key, message);
  }
  std::string RandomHex(std::size_t bytes) const override { return OpenSslRandomHex(bytes); }
  void Cancel() override { cancellation_.Cancel(); }

 private:
  Cancellation cancellation_;
};

}  // namespace
}  // namespace ecsward

extern "C" __attribute__((visibility("default"))) ecsward::Network* EcswardNetwork1() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  if (!started) return nullptr;
  // Kept for ever: a thread may be in a call when the process ends.
  static std::mutex mutex;
  static auto& networks = *new std::vector<std::unique_ptr<ecsward::Network>>;
  const std::lock_guard lock(mutex);
  return networks.emplace_back(std::make_unique<ecsward::CurlNetwork>()).get();
}
