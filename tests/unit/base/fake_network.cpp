#include "tests/unit/base/fake_network.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace ecsward {
namespace {

NetError Cancelled() {
  return {NetStage::kNotSent, ecsward::Fail(ErrorCode::kIo, "given up, because the daemon ends")};
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

void FakeHttp::Answer(int status, std::string body, HttpHeaders headers) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  Answer(HttpOutcome(std::move(response)));
}

void FakeHttp::Answer(HttpOutcome outcome) {
  const std::lock_guard lock(mutex_);
  answers_.push_back(std::move(outcome));
}

void FakeHttp::Fail(NetStage stage, ErrorCode code, std::string message) {
  Answer(HttpOutcome(tl::unexpect, NetError{stage, Error{code, std::move(message)}}));
}

void FakeHttp::Otherwise(std::function<HttpOutcome(const HttpRequest&)> otherwise) {
  const std::lock_guard lock(mutex_);
  otherwise_ = std::move(otherwise);
}

HttpOutcome FakeHttp::Perform(const HttpRequest& request) {
  std::function<HttpOutcome(const HttpRequest&)> otherwise;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (!answers_.empty()) {
      HttpOutcome outcome = std::move(answers_.front());
      answers_.pop_front();
      return outcome;
    }
    otherwise = otherwise_;
  }
  if (otherwise) return otherwise(request);
  HttpResponse response;
  response.status = 200;
  return response;
}

std::vector<HttpRequest> FakeHttp::Requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t FakeHttp::Count() const {
  const std::lock_guard lock(mutex_);
  return requests_.size();
}

void FakeHttp::Forget() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
}

void FakeMailer::Accept() {
  const std::lock_guard lock(mutex_);
  answers_.emplace_back();
}

void FakeMailer::Fail(NetStage stage, ErrorCode code, std::string message, int reply) {
  const std::lock_guard lock(mutex_);
  answers_.emplace_back(tl::unexpect, Failure{{stage, Error{code, std::move(message)}}, reply});
}

void FakeMailer::Otherwise(std::function<MailOutcome(const MailRequest&)> otherwise) {
  const std::lock_guard lock(mutex_);
  otherwise_ = std::move(otherwise);
}

MailOutcome FakeMailer::Send(const MailRequest& request) {
  std::function<MailOutcome(const MailRequest&)> otherwise;
  {
    const std::lock_guard lock(mutex_);
    mails_.push_back(request);
    if (!answers_.empty()) {
      MailOutcome outcome = std::move(answers_.front());
      answers_.pop_front();
      return outcome;
    }
    otherwise = otherwise_;
  }
  return otherwise ? otherwise(request) : MailOutcome();
}

std::vector<MailRequest> FakeMailer::Mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

Sha256Digest TestDigests::Sha256(std::string_view bytes) const {
  Sha256Digest digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return digest;
}

Sha256Digest TestDigests::HmacSha256(std::string_view key, std::string_view message) const {
  Sha256Digest digest{};
  HMAC(EVP_sha256(), key.empty() ? "" : key.data(), static_cast<int>(key.size()), Bytes(message),
       message.size(), digest.data(), nullptr);
  return digest;
}

std::string TestDigests::RandomHex(std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  std::uint64_t left = ++count_;
  std::string text(2 * bytes, '0');
  for (auto digit = text.rbegin(); digit != text.rend() && left != 0; ++digit, left >>= 4U) {
    *digit = "0123456789abcdef"[left & 15U];
  }
  return text;
}

HttpOutcome FakeNetwork::Perform(const HttpRequest& request) {
  if (cancelled()) return HttpOutcome(tl::unexpect, Cancelled());
  return http.Perform(request);
}

MailOutcome FakeNetwork::Send(const MailRequest& request) {
  if (cancelled()) return MailOutcome(tl::unexpect, Failure{Cancelled(), 0});
  return mail.Send(request);
}

Sha256Digest FakeNetwork::Sha256(std::string_view bytes) const { return digests.Sha256(bytes); }

Sha256Digest FakeNetwork::HmacSha256(std::string_view key, std::string_view message) const {
  return digests.HmacSha256(key, message);
}

std::string FakeNetwork::RandomHex(std::size_t bytes) const { return digests.RandomHex(bytes); }

void FakeNetwork::Cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
}

bool FakeNetwork::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

}  // namespace ecsward
