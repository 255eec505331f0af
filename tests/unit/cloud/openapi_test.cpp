#include "cloud/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud/signing.h"
#include "tests/unit/base/fake_network.h"
#include "tests/unit/cloud/made_up_metadata.h"

namespace ecsward::cloud {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDone[] = R"({"Code":"OK","Message":"OK","RequestId":"R-1","BizId":"1^2"})";

std::string Refusal(const std::string& code, const std::string& message = "no") {
  return R"({"RequestId":"R-9","Code":")" + code + R"(","Message":")" + message + R"("})";
}

// A client whose metadata works, and whose API answers what a test says.
class OpenApiTest : public ::testing::Test {
 protected:
  OpenApiTest() {
    NewRole("STS.one");
    Answer({Reply(200, kDone)});
  }

  void NewRole(const std::string& id) {
    MadeUpMetadata metadata;
    metadata.id = id;
    metadata.expires = clock_.Wall() + hours(6);
    metadata_.Otherwise(metadata);
  }

  // The API's answers one after the other; the last goes on.
  void Answer(std::vector<HttpOutcome> answers) {
    api_.Otherwise([answers = std::move(answers),
                    next = std::make_shared<std::size_t>(0)](const HttpRequest&) {
      return answers[std::min((*next)++, answers.size() - 1)];
    });
  }

  static ApiCall SendSms() {
    ApiCall call;
    call.endpoint = "dysmsapi.aliyuncs.com";
    call.action = "SendSms";
    call.version = "2017-05-25";
    call.query = {{"SignName", "阿里云"}, {"PhoneNumbers", "13900000000"}};
    return call;
  }

  ApiFailure Failure(const ApiCall& call = SendSms()) {
    auto answer = client_.Call(call);
    return answer ? ApiFailure{} : std::move(answer).error();
  }

  std::string DateHeader(std::chrono::nanoseconds ahead) {
    const auto time = static_cast<std::time_t>(
        UnixMilliseconds(clock_.Wall() + std::chrono::duration_cast<WallTime::duration>(ahead)) /
        1000);
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 40> text{};
    return {text.data(),
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
  }

  FakeClock clock_;
  FakeHttp metadata_;
  FakeHttp api_;
  TestDigests digests_;
  CredentialChain credentials_{
      metadata_, clock_, {"http://m", "", [](const char*) { return std::string(); }}};
  OpenApi client_{api_, digests_, clock_, credentials_, "ecsward/test"};
};

TEST_F(OpenApiTest, SendsWhatItSigns) {
  const auto answer = client_.Call(SendSms());
  ASSERT_TRUE(answer) << answer.error().ToText();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->request_id, "R-1");
  EXPECT_EQ(answer->body, kDone);

  ASSERT_EQ(api_.Count(), 1u);
  const HttpRequest request = api_.Requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url.Reveal(),
            "https://dysmsapi.aliyuncs.com/"
            "?PhoneNumbers=13900000000&SignName=%E9%98%BF%E9%87%8C%E4%BA%91");
  EXPECT_EQ(request.body, "");
  EXPECT_EQ(request.timeout, seconds(10));
  EXPECT_EQ(HeaderOf(request, "accept"), "application/json");
  EXPECT_EQ(HeaderOf(request, "user-agent"), "ecsward/test");
  EXPECT_EQ(HeaderOf(request, "x-acs-action"), "SendSms");
  EXPECT_EQ(HeaderOf(request, "x-acs-version"), "2017-05-25");
  EXPECT_EQ(HeaderOf(request, "x-acs-date"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(HeaderOf(request, "x-acs-signature-nonce").size(), 64u);
  EXPECT_EQ(HeaderOf(request, "x-acs-accesskey-id"), "STS.one");
  EXPECT_EQ(HeaderOf(request, "x-acs-security-token"), "token of STS.one");
  EXPECT_EQ(HeaderOf(request, "x-acs-credentials-provider"), "ecs_ram_role");
  EXPECT_EQ(HeaderOf(request, "content-type"), "");
  EXPECT_EQ(HeaderOf(request, "host"), "");  // the client's own affair

  // Signed again from what is on the wire.
  HttpHeaders headers = request.headers;
  headers.emplace_back("host", "dysmsapi.aliyuncs.com");
  const std::string url = request.url.Reveal();
  const auto canonical =
      Canonicalize("POST", "/", url.substr(url.find('?') + 1), headers, Sha256Hex(digests_, ""));
  EXPECT_EQ(HeaderOf(request, "authorization"),
            Authorization(digests_, canonical, "STS.one", Secret("secret of STS.one")));
}

TEST_F(OpenApiTest, SendsAFormAsTheBody) {
  ApiCall call = SendSms();
  call.query.clear();
  call.form = {{"Subject", "告警 !'()*~"}, {"AddressType", "1"}};
  ASSERT_TRUE(client_.Call(call));
  const HttpRequest request = api_.Requests().front();
  EXPECT_EQ(request.url.Reveal(), "https://dysmsapi.aliyuncs.com/");
  EXPECT_EQ(request.body, "Subject=%E5%91%8A%E8%AD%A6%20%21%27%28%29%2A~&AddressType=1");
  EXPECT_EQ(HeaderOf(request, "content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(HeaderOf(request, "x-acs-content-sha256"), Sha256Hex(digests_, request.body));
  EXPECT_THAT(HeaderOf(request, "authorization"), HasSubstr("SignedHeaders=content-type;host;"));
}

TEST_F(OpenApiTest, SendsNoTokenHeadersWithALongLivedKey) {
  CredentialChain keys(metadata_, clock_,
                       {"http://m", "", [](const char* name) {
                          return std::string(name).find("ACCESS_KEY") != std::string::npos ? "LTAI"
                                                                                           : "";
                        }});
  OpenApi client(api_, digests_, clock_, keys, "ecsward/test");
  ASSERT_TRUE(client.Call(SendSms()));
  const HttpRequest request = api_.Requests().front();
  EXPECT_EQ(HeaderOf(request, "x-acs-accesskey-id"), "");
  EXPECT_EQ(HeaderOf(request, "x-acs-security-token"), "");
  EXPECT_EQ(HeaderOf(request, "x-acs-credentials-provider"), "env");
  // Told that they are stale there is nothing to refetch, and so nothing to try again.
  Answer({Reply(400, Refusal("InvalidSecurityToken.Expired"))});
  EXPECT_FALSE(client.Call(SendSms()));
  EXPECT_EQ(api_.Count(), 2u);
}

TEST_F(OpenApiTest, UsesEachNonceOnce) {
  ASSERT_TRUE(client_.Call(SendSms()));
  ASSERT_TRUE(client_.Call(SendSms()));
  const auto requests = api_.Requests();
  EXPECT_NE(HeaderOf(requests[0], "x-acs-signature-nonce"),
            HeaderOf(requests[1], "x-acs-signature-nonce"));
}

TEST_F(OpenApiTest, LimitsTheConnectionToTheCallsPatience) {
  ApiCall call = SendSms();
  call.timeout = milliseconds(700);
  ASSERT_TRUE(client_.Call(call));
  EXPECT_EQ(api_.Requests().front().timeout, milliseconds(700));
  EXPECT_EQ(api_.Requests().front().connect_timeout, milliseconds(700));
}

TEST_F(OpenApiTest, SendsNothingThatItCannotSign) {
  ApiCall call = SendSms();
  call.endpoint = "http://dysmsapi.aliyuncs.com";
  EXPECT_EQ(Failure(call).code, "InvalidEndpoint");
  for (const char* name : {"", "a&b", "名"}) {
    call = SendSms();
    call.query.emplace_back(name, "x");
    EXPECT_EQ(Failure(call).code, "InvalidParameterName");
    EXPECT_EQ(Failure(call).kind, ApiErrorClass::kBug);
    call = SendSms();
    call.form.emplace_back(name, "x");
    EXPECT_EQ(Failure(call).code, "InvalidParameterName");
  }
  EXPECT_EQ(api_.Count(), 0u);
}

TEST_F(OpenApiTest, TellsWhatTheApiSaid) {
  Answer({Reply(400, Refusal("Throttling.User", "Request was denied"),
                {{"x-acs-retry-after", "1500"}})});
  const ApiFailure failure = Failure();
  EXPECT_EQ(failure.kind, ApiErrorClass::kThrottled);
  EXPECT_EQ(failure.retry_after, milliseconds(1500));
  EXPECT_EQ(failure.status, 400);
  EXPECT_EQ(failure.ToText(), "SendSms: Throttling.User: Request was denied (RequestId R-9)");
  EXPECT_EQ(api_.Count(), 1u);  // throttled: nothing is tried again here
}

TEST_F(OpenApiTest, ReadsRetryAfterInEitherHeaderAndCapsIt) {
  const auto after = [this](HttpHeaders headers) {
    Answer({Reply(503, "", std::move(headers))});
    return Failure().retry_after.count();
  };
  EXPECT_EQ(after({{"retry-after", "7"}}), 7000);
  EXPECT_EQ(after({{"retry-after", "7"}, {"x-acs-retry-after", "20"}}), 20);
  EXPECT_EQ(after({{"retry-after", "120"}}), 120'000);
  EXPECT_EQ(after({{"retry-after", "121"}}), 120'000);
  EXPECT_EQ(after({{"x-acs-retry-after", "9223372036854775807"}}), 120'000);
  for (const char* odd : {"-1", "soon", "7s", "", "99999999999999999999"}) {
    EXPECT_EQ(after({{"retry-after", odd}}), 0) << odd;
  }
}

TEST_F(OpenApiTest, TellsWhetherARequestMayHaveArrived) {
  Answer({NoConnection()});
  ApiFailure failure = Failure();
  EXPECT_EQ(failure.kind, ApiErrorClass::kNetwork);
  EXPECT_EQ(failure.stage, NetStage::kNotSent);
  EXPECT_EQ(failure.ToText(), "SendSms: no connection in 1 s");
  Answer({NoAnswer()});
  EXPECT_EQ(Failure().stage, NetStage::kMaybeSent);
  EXPECT_EQ(api_.Count(), 2u);
}

TEST_F(OpenApiTest, TakesAnUnreadableSuccessForNoAnswer) {
  HttpResponse endless = Reply(200, kDone);
  endless.cut = true;
  for (const HttpResponse& response :
       {Reply(200, "<html>welcome</html>"), Reply(200, ""), Reply(200, "{\"Code\":\"OK\""),
        Reply(200, "[1]"), endless}) {
    Answer({response});
    const ApiFailure failure = Failure();
    EXPECT_EQ(failure.kind, ApiErrorClass::kNetwork);
    EXPECT_EQ(failure.stage, NetStage::kMaybeSent);
    EXPECT_EQ(failure.status, 200);
  }
}

TEST_F(OpenApiTest, ClassifiesErrorsThatAreNotTheApis) {
  Answer({Reply(502, "<html>Bad Gateway</html>", {{"x-acs-request-id", "R-5"}})});
  ApiFailure failure = Failure();
  EXPECT_EQ(failure.kind, ApiErrorClass::kTransient);
  EXPECT_EQ(failure.ToText(), "SendSms: HTTP 502 (RequestId R-5)");
  Answer({Reply(302, "", {{"location", "https://evil.example.com/"}})});
  failure = Failure();
  EXPECT_EQ(failure.kind, ApiErrorClass::kOther);
  EXPECT_EQ(failure.message, "a redirect, which is not followed");
  HttpResponse cut = Reply(400, R"({"Code":"Throttling","Message":"xxx)");
  cut.cut = true;
  Answer({cut});
  EXPECT_EQ(Failure().kind, ApiErrorClass::kThrottled);
}

TEST_F(OpenApiTest, NamesTheActionThatAPolicyLacks) {
  Answer({Reply(403, R"({"Code":"Forbidden.RAM","Message":"not authorized",)"
                     R"("AccessDeniedDetail":{"AuthAction":"dysms:SendSms"},"RequestId":"R"})")});
  EXPECT_EQ(Failure().ToText(),
            "SendSms: Forbidden.RAM: not authorized [dysms:SendSms] (RequestId R)");
}

TEST_F(OpenApiTest, KeepsSecretsOutOfWhatTheApiSays) {
  Answer({Reply(
      400, Refusal("SignatureDoesNotMatch",
                   "Specified signature is not matched. server StringToSign is [x-acs-security-"
                   "token:token of STS.one]"))});
  EXPECT_EQ(Failure().message, "Specified signature is not matched.");
  Answer({Reply(
      400, Refusal("Odd", "a token of STS.one b secret of STS.one c token%20of%20STS.one\\nd"))});
  EXPECT_EQ(Failure().message, "a <redacted> b <redacted> c <redacted> d");
}

TEST_F(OpenApiTest, CutsALongMessageBetweenCharacters) {
  std::string chinese;
  for (int i = 0; i < 500; ++i) chinese += "磁";
  Answer({Reply(400, Refusal("X", chinese))});
  const std::string message = Failure().message;
  EXPECT_EQ(message.size(), 399u + 3u);
  EXPECT_TRUE(message.ends_with("磁…"));
}

TEST_F(OpenApiTest, CorrectsTheClockByTheAnswersDateAndTriesOnceMore) {
  for (const auto ahead : {hours(3), -hours(3)}) {
    Answer({Reply(400, Refusal("InvalidTimeStamp.Expired"), {{"date", DateHeader(ahead)}}),
            Reply(200, kDone, {{"date", DateHeader(ahead)}})});
    EXPECT_TRUE(client_.Call(SendSms()));
    EXPECT_EQ(client_.clock_skew(), ahead);
  }
  EXPECT_EQ(api_.Count(), 4u);
  EXPECT_EQ(HeaderOf(api_.Requests()[1], "x-acs-date"), "2023-11-15T01:13:20Z");
  EXPECT_EQ(HeaderOf(api_.Requests()[3], "x-acs-date"), "2023-11-14T19:13:20Z");
  EXPECT_NE(HeaderOf(api_.Requests()[0], "x-acs-signature-nonce"),
            HeaderOf(api_.Requests()[1], "x-acs-signature-nonce"));
  // Kept for the next call, until the host's clock is set right.
  EXPECT_TRUE(client_.Call(SendSms()));
  EXPECT_EQ(HeaderOf(api_.Requests()[4], "x-acs-date"), "2023-11-14T19:13:20Z");
  Answer({Reply(200, kDone, {{"date", DateHeader({})}})});
  EXPECT_TRUE(client_.Call(SendSms()));
  EXPECT_EQ(client_.clock_skew(), seconds(0));
}

TEST_F(OpenApiTest, SuspectsTheClockOfAnyRefusalWhenItIsAQuarterOfAnHourOff) {
  const auto tries = [this](std::chrono::nanoseconds ahead, int status, const char* code) {
    CredentialChain credentials(metadata_, clock_,
                                {"http://m", "", [](const char*) { return std::string(); }});
    OpenApi client(api_, digests_, clock_, credentials, "x");
    Answer({Reply(status, Refusal(code), {{"date", DateHeader(ahead)}})});
    const std::size_t before = api_.Count();
    EXPECT_FALSE(client.Call(SendSms()));
    return api_.Count() - before;
  };
  EXPECT_EQ(tries(minutes(15), 403, "Odd"), 2u);
  EXPECT_EQ(tries(-minutes(15), 403, "Odd"), 2u);
  EXPECT_EQ(tries(minutes(15) - seconds(1), 403, "Odd"), 1u);
  EXPECT_EQ(tries(minutes(15), 403, "Throttling"), 1u);
  EXPECT_EQ(tries(minutes(15), 500, "Odd"), 1u);
  EXPECT_EQ(tries(minutes(1), 400, "InvalidTimeStamp.Expired"), 2u);
  EXPECT_EQ(tries(seconds(59), 400, "InvalidTimeStamp.Expired"), 1u);  // then it is not the clock
  EXPECT_EQ(tries(seconds(0), 400, "SignatureNonceUsed"), 1u);
}

TEST_F(OpenApiTest, RefetchesStaleCredentialsAndTriesOnceMore) {
  ASSERT_TRUE(client_.Call(SendSms()));
  NewRole("STS.two");
  Answer({Reply(400, Refusal("InvalidSecurityToken.Expired")), Reply(200, kDone)});
  EXPECT_TRUE(client_.Call(SendSms()));
  ASSERT_EQ(api_.Count(), 3u);
  EXPECT_EQ(HeaderOf(api_.Requests()[1], "x-acs-security-token"), "token of STS.one");
  EXPECT_EQ(HeaderOf(api_.Requests()[2], "x-acs-security-token"), "token of STS.two");
  EXPECT_EQ(metadata_.Count(), 6u);
}

TEST_F(OpenApiTest, GivesUpWhenFreshCredentialsAreRefusedToo) {
  ASSERT_TRUE(client_.Call(SendSms()));
  NewRole("STS.two");
  Answer({Reply(400, Refusal("InvalidSecurityToken.Malformed"))});
  EXPECT_EQ(Failure().kind, ApiErrorClass::kRefreshCredentials);
  EXPECT_EQ(api_.Count(), 3u);
}

TEST_F(OpenApiTest, ChasesNeitherAClockNorCredentialsThatChangeAllTheTime) {
  api_.Otherwise([this, off = std::make_shared<int>(0)](const HttpRequest&) {
    return Reply(400, Refusal("InvalidTimeStamp.Expired"), {{"date", DateHeader(hours(++*off))}});
  });
  EXPECT_EQ(Failure().kind, ApiErrorClass::kResign);
  EXPECT_EQ(api_.Count(), 2u);
  api_.Otherwise([this, number = std::make_shared<int>(0)](const HttpRequest&) {
    NewRole("STS." + std::to_string(++*number));
    return Reply(400, Refusal("InvalidSecurityToken.Expired"));
  });
  EXPECT_EQ(Failure().kind, ApiErrorClass::kRefreshCredentials);
  EXPECT_EQ(api_.Count(), 4u);
}

TEST_F(OpenApiTest, DoesNotTryTheSameCredentialsAgain) {
  Answer({Reply(400, Refusal("InvalidSecurityToken.Expired"))});
  EXPECT_EQ(Failure().kind, ApiErrorClass::kRefreshCredentials);
  EXPECT_EQ(api_.Count(), 1u);
}

TEST_F(OpenApiTest, MayCorrectBothClockAndCredentialsInOneCall) {
  ASSERT_TRUE(client_.Call(SendSms()));
  NewRole("STS.two");
  Answer({Reply(400, Refusal("InvalidTimeStamp.Expired"), {{"date", DateHeader(hours(1))}}),
          Reply(400, Refusal("InvalidSecurityToken.Expired")), Reply(200, kDone)});
  EXPECT_TRUE(client_.Call(SendSms()));
  EXPECT_EQ(api_.Count(), 4u);
}

TEST_F(OpenApiTest, SaysWhetherMissingCredentialsMayStillCome) {
  metadata_.Otherwise([](const HttpRequest&) { return NoConnection(); });
  const ApiFailure silent = Failure();
  EXPECT_EQ(silent.kind, ApiErrorClass::kNetwork);
  EXPECT_EQ(silent.stage, NetStage::kNotSent);
  EXPECT_THAT(silent.ToText(), HasSubstr("SendSms: no credentials"));
  clock_.Advance(minutes(1));
  metadata_.Otherwise([](const HttpRequest&) { return Reply(404, ""); });
  const ApiFailure none = Failure();
  EXPECT_EQ(none.kind, ApiErrorClass::kCredentialsWrong);
  EXPECT_THAT(none.message, HasSubstr("no RAM role is attached"));
  clock_.Advance(minutes(1));
  metadata_.Otherwise([](const HttpRequest&) { return Reply(403, ""); });
  EXPECT_EQ(Failure().kind, ApiErrorClass::kCredentialsWrong);
  EXPECT_EQ(api_.Count(), 0u);
}

}  // namespace
}  // namespace ecsward::cloud
