// A network without a network, for the tests of whoever sends: answers are written down before,
// requests are kept, and the digests are real.
//
//   FakeHttp http;
//   http.Answer(429, "slow down", {{"retry-after", "7"}});  // first, then 200 for ever
//   channel.Send(…);
//   EXPECT_EQ(http.Requests().at(0).method, "POST");
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/net.h"

namespace ecsward {

using HttpOutcome = tl::expected<HttpResponse, NetError>;
using MailOutcome = tl::expected<void, Mailer::Failure>;

// Thread-safe, as the real one is.
class FakeHttp : public HttpClient {
 public:
  // One answer, after those that were written down before. When none is left, `otherwise` answers,
  // and without that everything is 200 with an empty body.
  void Answer(int status, std::string body = "", HttpHeaders headers = {});
  void Answer(HttpOutcome outcome);
  void Fail(NetStage stage, ErrorCode code, std::string message);
  // Called without a lock, possibly by several threads at once: it may wait.
  void Otherwise(std::function<HttpOutcome(const HttpRequest&)> otherwise);

  HttpOutcome Perform(const HttpRequest& request) override;

  std::vector<HttpRequest> Requests() const;  // so far
  std::size_t Count() const;
  void Forget();  // the requests

 private:
  mutable std::mutex mutex_;  // guards all below
  std::deque<HttpOutcome> answers_;
  std::function<HttpOutcome(const HttpRequest&)> otherwise_;
  std::vector<HttpRequest> requests_;
};

// The same for mail; when no answer is left, the mail is accepted.
class FakeMailer : public Mailer {
 public:
  void Accept();
  // `reply` is SMTP's code; 0: none came.
  void Fail(NetStage stage, ErrorCode code, std::string message, int reply = 0);
  void Otherwise(std::function<MailOutcome(const MailRequest&)> otherwise);

  MailOutcome Send(const MailRequest& request) override;

  std::vector<MailRequest> Mails() const;

 private:
  mutable std::mutex mutex_;  // guards all below
  std::deque<MailOutcome> answers_;
  std::function<MailOutcome(const MailRequest&)> otherwise_;
  std::vector<MailRequest> mails_;
};

// The real digests, by OpenSSL. RandomHex counts instead: "0000000000000001", "…02": what a test
// expects can be written down.
class TestDigests : public Digests {
 public:
  Sha256Digest Sha256(std::string_view bytes) const override;
  Sha256Digest HmacSha256(std::string_view key, std::string_view message) const override;
  std::string RandomHex(std::size_t bytes) const override;

 private:
  mutable std::mutex mutex_;
  mutable std::uint64_t count_ = 0;
};

// All three at once, for whoever takes a Network.
class FakeNetwork : public Network {
 public:
  FakeHttp http;
  FakeMailer mail;
  TestDigests digests;

  HttpOutcome Perform(const HttpRequest& request) override;
  MailOutcome Send(const MailRequest& request) override;
  Sha256Digest Sha256(std::string_view bytes) const override;
  Sha256Digest HmacSha256(std::string_view key, std::string_view message) const override;
  std::string RandomHex(std::size_t bytes) const override;
  // From now on every call fails as the real one's do.
  void Cancel() override;
  bool cancelled() const;

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;
};

}  // namespace ecsward
