// What every channel over HTTP makes of answers and of their absence, one kind like the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using Outcome = Delivery::Outcome;

struct KindCase {
  const char* kind;
  const char* url_option;
  const char* good_answer;
  milliseconds pause;  // after a 429 without Retry-After; 0: none of its own
};

void PrintTo(const KindCase& one, std::ostream* out) { *out << one.kind; }

class HttpRules : public testing::TestWithParam<KindCase> {
 protected:
  static constexpr char kUrl[] = "https://hooks.example.com/services/T0001/s3cr3t-t0k3n";

  Delivery SendOnce() {
    const auto channel = world_.Make(GetParam().kind, {{GetParam().url_option, kUrl}});
    return channel->Send(NoticeOf({FiringAlert("DiskFull")}), {});
  }
  Delivery After(int status, std::string body = "", HttpHeaders headers = {}) {
    world_.http.Answer(status, std::move(body), std::move(headers));
    return SendOnce();
  }
  Delivery AfterFailure(NetStage stage, ErrorCode code) {
    world_.http.Fail(stage, code, "it did not work");
    return SendOnce();
  }

  FakeChannelWorld world_;
};

TEST_P(HttpRules, DeliversWith2xx) {
  const Delivery delivery = After(200, GetParam().good_answer);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered) << delivery.problem;
  EXPECT_EQ(delivery.problem, "");
  EXPECT_EQ(delivery.messages, 1);
  EXPECT_EQ(world_.http.Count(), 1u);
  EXPECT_EQ(world_.LastRequest().method, "POST");
  EXPECT_THAT(HeaderOf(world_.LastRequest(), "Content-Type"), HasSubstr("application/json"));
}

TEST_P(HttpRules, NeverFollowsARedirect) {
  const Delivery delivery = After(302, "moved", {{"location", "https://elsewhere.example.com/x"}});
  EXPECT_EQ(delivery.outcome, Outcome::kRefused);
  EXPECT_EQ(delivery.reason, "redirect");
  EXPECT_THAT(delivery.problem, HasSubstr("answered 302"));
  EXPECT_THAT(delivery.problem, Not(HasSubstr("elsewhere")));
}

TEST_P(HttpRules, Waits429sRetryAfter) {
  const Delivery delivery = After(429, "slow down", {{"retry-after", "17"}});
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.reason, "rate_limited");
  EXPECT_EQ(delivery.retry_after, milliseconds(17'000));
}

TEST_P(HttpRules, HasAPauseOfItsOwnWhen429SaysNothing) {
  const Delivery delivery = After(429);
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  if (GetParam().pause == milliseconds(0)) {
    EXPECT_EQ(delivery.retry_after, std::nullopt);
  } else {
    EXPECT_EQ(delivery.retry_after, GetParam().pause);
  }
}

TEST_P(HttpRules, TriesAgainAfter408And5xx) {
  for (const int status : {408, 500, 502, 503, 504, 599}) {
    const Delivery delivery = After(status, "oops");
    EXPECT_EQ(delivery.outcome, Outcome::kRetry) << status;
    EXPECT_EQ(delivery.reason, "http_status");
    EXPECT_THAT(delivery.problem, HasSubstr("answered " + std::to_string(status) + ": oops"));
    EXPECT_EQ(delivery.retry_after, std::nullopt);
  }
  EXPECT_EQ(After(503, "", {{"retry-after", "Tue, 14 Nov 2023 22:14:20 GMT"}}).retry_after,
            milliseconds(60'000));
}

TEST_P(HttpRules, GivesUpAfterOther4xx) {
  for (const int status : {400, 401, 403, 404, 410, 413, 499}) {
    const Delivery delivery = After(status, "no");
    EXPECT_EQ(delivery.outcome, Outcome::kRefused) << status;
    EXPECT_EQ(delivery.reason, "http_status");
  }
}

TEST_P(HttpRules, TriesAgainWhatWasNeverSent) {
  const std::pair<ErrorCode, std::string_view> cases[] = {{ErrorCode::kTimeout, "timeout"},
                                                          {ErrorCode::kDenied, "tls"},
                                                          {ErrorCode::kNotFound, "dns"},
                                                          {ErrorCode::kIo, "connect"}};
  for (const auto& [code, reason] : cases) {
    const Delivery delivery = AfterFailure(NetStage::kNotSent, code);
    EXPECT_EQ(delivery.outcome, Outcome::kRetry) << reason;
    EXPECT_EQ(delivery.reason, reason);
    EXPECT_THAT(delivery.problem, HasSubstr("it did not work"));
  }
  const Delivery never = AfterFailure(NetStage::kNotSent, ErrorCode::kInvalidArgument);
  EXPECT_EQ(never.outcome, Outcome::kRefused);
  EXPECT_EQ(never.reason, "url");
}

TEST_P(HttpRules, IsUnclearWhenTheAnswerDidNotCome) {
  EXPECT_EQ(AfterFailure(NetStage::kMaybeSent, ErrorCode::kTimeout).outcome, Outcome::kUnclear);
  EXPECT_EQ(AfterFailure(NetStage::kMaybeSent, ErrorCode::kTimeout).reason, "timeout");
  EXPECT_EQ(AfterFailure(NetStage::kMaybeSent, ErrorCode::kIo).outcome, Outcome::kUnclear);
  EXPECT_EQ(AfterFailure(NetStage::kMaybeSent, ErrorCode::kIo).reason, "no_answer");
}

TEST_P(HttpRules, ShowsNoSecretThatAnAnswerRepeats) {
  for (const int status : {200, 400, 404, 500}) {
    const std::string body = "Cannot POST /services/T0001/s3cr3t-t0k3n: " + std::string(kUrl);
    const Delivery delivery = After(status, body);
    EXPECT_THAT(delivery.problem, Not(HasSubstr("s3cr3t"))) << status;
    EXPECT_THAT(delivery.problem, Not(HasSubstr("T0001"))) << status;
    EXPECT_LT(delivery.problem.size(), 1000u);
  }
}

TEST_P(HttpRules, QuotesNoPagesForBrowsers) {
  EXPECT_THAT(After(500, "<!DOCTYPE html><html>oops</html>").problem, Not(HasSubstr("html")));
}

TEST_P(HttpRules, TakesCertificatesProxyAndTimeoutFromTheSettings) {
  const auto channel = world_.Make(GetParam().kind, {{GetParam().url_option, kUrl},
                                                     {"ca_file", "/etc/ca.pem"},
                                                     {"proxy_url", "http://proxy:3128"},
                                                     {"timeout", "3s"}});
  (void)channel->Send(NoticeOf({FiringAlert("DiskFull")}), {});
  const HttpRequest request = world_.LastRequest();
  EXPECT_EQ(request.ca_file, "/etc/ca.pem");
  EXPECT_EQ(request.proxy_url, "http://proxy:3128");
  EXPECT_EQ(request.timeout, milliseconds(3'000));
  EXPECT_EQ(request.connect_timeout, milliseconds(3'000));
  EXPECT_LE(request.max_answer_bytes, std::size_t{64} << 10);
}

TEST_P(HttpRules, WaitsTenSecondsUnlessToldOtherwise) {
  (void)SendOnce();
  EXPECT_EQ(world_.LastRequest().timeout, milliseconds(10'000));
  EXPECT_EQ(world_.LastRequest().connect_timeout, milliseconds(5'000));
}

constexpr KindCase kKinds[] = {
    {"webhook", "url", "", milliseconds(0)},
    {"alertmanager", "urls", "", milliseconds(0)},
    {"dingtalk", "url", R"({"errcode":0,"errmsg":"ok"})", milliseconds(600'000)},
    {"wecom", "url", R"({"errcode":0,"errmsg":"ok"})", milliseconds(60'000)},
    {"feishu", "url", R"({"code":0,"msg":"success","data":{}})", milliseconds(60'000)},
    {"slack", "api_url", "ok", milliseconds(0)},
};
INSTANTIATE_TEST_SUITE_P(Kinds, HttpRules, testing::ValuesIn(kKinds),
                         [](const auto& one) { return std::string(one.param.kind); });

// Those whose answer says more than its status.
class VendorRules : public HttpRules {};

TEST_P(VendorRules, TriesAgainAfterGarbage) {
  for (const char* body : {"", "garbage", "<html>login</html>", "{}", "[1]"}) {
    const Delivery delivery = After(200, body);
    EXPECT_EQ(delivery.outcome, Outcome::kRetry) << body;
  }
  EXPECT_EQ(After(200, "hello").reason, "garbage");
  EXPECT_THAT(After(200, "hello").problem, HasSubstr("hello"));
}

TEST_P(VendorRules, TakesAnEndlessAnswerForGarbage) {
  HttpResponse response;
  response.status = 200;
  response.body = R"({"errcode":0,"code":0,"ok":true})";
  response.cut = true;
  world_.http.Answer(HttpOutcome(response));
  const Delivery delivery = SendOnce();
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.reason, "garbage");
}

INSTANTIATE_TEST_SUITE_P(Kinds, VendorRules, testing::ValuesIn(kKinds + 2, kKinds + 6),
                         [](const auto& one) { return std::string(one.param.kind); });

}  // namespace
}  // namespace ecsward::notify
