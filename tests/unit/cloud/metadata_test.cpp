#include "cloud/metadata.h"

#include <gtest/gtest.h>

#include "tests/unit/cloud/made_up_metadata.h"

namespace ecsward::cloud {
namespace {

const MetadataOptions kOptions{"http://100.100.100.200", "", false};

MadeUpMetadata Usual() {
  MadeUpMetadata metadata;
  metadata.expires = WallTime(std::chrono::seconds(1'700'020'000));
  return metadata;
}

TEST(FetchRoleCredentials, AsksForATokenThenTheRoleThenItsCredentials) {
  FakeHttp http;
  http.Otherwise(Usual());
  const auto credentials = FetchRoleCredentials(http, kOptions);
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "STS.one");
  EXPECT_EQ(credentials->access_key_secret.Reveal(), "secret of STS.one");
  EXPECT_EQ(credentials->security_token.Reveal(), "token of STS.one");
  EXPECT_EQ(credentials->expires_at_ms, 1'700'020'000'000);
  EXPECT_EQ(credentials->provider, "ecs_ram_role");

  const auto requests = http.Requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].method, "PUT");
  EXPECT_EQ(requests[0].url.Reveal(), "http://100.100.100.200/latest/api/token");
  EXPECT_EQ(HeaderOf(requests[0], "x-aliyun-ecs-metadata-token-ttl-seconds"), "21600");
  EXPECT_EQ(requests[1].method, "GET");
  EXPECT_EQ(requests[1].url.Reveal(),
            "http://100.100.100.200/latest/meta-data/ram/security-credentials/");
  EXPECT_EQ(requests[2].url.Reveal(),
            "http://100.100.100.200/latest/meta-data/ram/security-credentials/ops-role");
  for (const HttpRequest& request : requests) {
    EXPECT_EQ(request.connect_timeout, std::chrono::seconds(1));
    EXPECT_EQ(request.timeout, std::chrono::seconds(2));
    EXPECT_EQ(request.proxy_url, "");
    EXPECT_LE(request.max_answer_bytes, 65'536u);
    EXPECT_EQ(HeaderOf(request, "x-aliyun-ecs-metadata-token"),
              request.method == "PUT" ? "" : "metadata-token");
  }
}

TEST(FetchRoleCredentials, AsksNobodyForARoleThatIsConfigured) {
  FakeHttp http;
  http.Otherwise(Usual());
  EXPECT_TRUE(FetchRoleCredentials(http, {"http://m", "my-role", false}));
  EXPECT_EQ(http.Count(), 2u);
  EXPECT_TRUE(http.Requests().back().url.Reveal().ends_with("/my-role"));
  const auto bad = FetchRoleCredentials(http, {"http://m", "a/../b", false});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
}

TEST(FetchRoleCredentials, DoesWithoutATokenWhereThatIsAllowed) {
  MadeUpMetadata old = Usual();
  old.token_status = 404;
  FakeHttp http;
  http.Otherwise(old);
  EXPECT_TRUE(FetchRoleCredentials(http, kOptions));
  EXPECT_EQ(http.Count(), 3u);

  const auto hardened = FetchRoleCredentials(http, {"http://m", "", true});
  ASSERT_FALSE(hardened);
  EXPECT_EQ(hardened.error().message, "metadata: no session token: HTTP 404");
  EXPECT_EQ(http.Count(), 4u);  // nothing was asked without one
}

TEST(FetchRoleCredentials, TriesWithoutATokenThatIsNotTaken) {
  MadeUpMetadata odd = Usual();
  odd.takes_token = false;
  FakeHttp http;
  http.Otherwise(odd);
  EXPECT_TRUE(FetchRoleCredentials(http, kOptions));
  EXPECT_EQ(http.Count(), 5u);
  const auto hardened = FetchRoleCredentials(http, {"http://m", "", true});
  ASSERT_FALSE(hardened);
  EXPECT_EQ(hardened.error().code, ErrorCode::kDenied);
  EXPECT_EQ(http.Count(), 7u);
}

TEST(FetchRoleCredentials, WorksWithAHardenedService) {
  MadeUpMetadata metadata = Usual();
  metadata.wants_token = true;
  FakeHttp http;
  http.Otherwise(metadata);
  EXPECT_TRUE(FetchRoleCredentials(http, {"http://m", "", true}));
}

TEST(FetchRoleCredentials, GivesUpAtOnceWhenNobodyIsThere) {
  FakeHttp http;
  http.Otherwise([](const HttpRequest&) { return NoConnection(); });
  const auto credentials = FetchRoleCredentials(http, kOptions);
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code, ErrorCode::kTimeout);
  EXPECT_EQ(credentials.error().message, "metadata: no connection in 1 s");
  EXPECT_EQ(http.Count(), 1u);
}

TEST(FetchRoleCredentials, SaysThatNoRoleIsAttached) {
  MadeUpMetadata metadata = Usual();
  metadata.role_status = 404;
  FakeHttp http;
  http.Otherwise(metadata);
  const auto credentials = FetchRoleCredentials(http, kOptions);
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(credentials.error().message, "metadata: no RAM role is attached to this instance");
  EXPECT_EQ(http.Count(), 2u);  // a 404 is an answer: no second try without token
}

TEST(FetchRoleCredentials, NamesTheStepThatFailed) {
  MadeUpMetadata metadata = Usual();
  metadata.credentials_status = 500;
  FakeHttp http;
  http.Otherwise(metadata);
  auto credentials = FetchRoleCredentials(http, kOptions);
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().code, ErrorCode::kIo);
  EXPECT_EQ(credentials.error().message, "metadata: role ops-role: HTTP 500");

  metadata = Usual();
  metadata.role = "<html>log in first</html>";
  http.Otherwise(metadata);
  credentials = FetchRoleCredentials(http, kOptions);
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().message, "metadata: want the name of a role");
}

TEST(FetchRoleCredentials, RefusesAnAnswerWithoutEnd) {
  FakeHttp http;
  http.Otherwise([](const HttpRequest&) {
    HttpResponse response = Reply(200, "role");
    response.cut = true;
    return response;
  });
  const auto credentials = FetchRoleCredentials(http, kOptions);
  ASSERT_FALSE(credentials);
  EXPECT_EQ(credentials.error().message, "metadata: role: the answer is too long");
}

TEST(FetchRoleCredentials, GoesOnWithoutATokenWhenAskingForOneGetsNoAnswer) {
  FakeHttp http;
  http.Otherwise([metadata = Usual()](const HttpRequest& request) {
    return request.method == "PUT" ? NoAnswer() : metadata(request);
  });
  EXPECT_TRUE(FetchRoleCredentials(http, kOptions));
  const auto hardened = FetchRoleCredentials(http, {"http://m", "", true});
  ASSERT_FALSE(hardened);
  EXPECT_EQ(hardened.error().message, "metadata: no answer in 10 s");
}

TEST(FetchRoleCredentials, TakesNoTokenThatCannotBeAHeader) {
  FakeHttp http;
  http.Otherwise([](const HttpRequest& request) -> HttpOutcome {
    if (request.method == "PUT") return Reply(200, "a\r\nX-Injected: 1");
    return Reply(404, "");
  });
  EXPECT_FALSE(FetchRoleCredentials(http, kOptions));
  EXPECT_EQ(HeaderOf(http.Requests().back(), "x-aliyun-ecs-metadata-token"), "");
  http.Answer(200, std::string(5000, 't'));
  EXPECT_FALSE(FetchRoleCredentials(http, kOptions));
  EXPECT_EQ(HeaderOf(http.Requests().back(), "x-aliyun-ecs-metadata-token"), "");
}

TEST(ParseRoleCredentials, WantsSuccessAndThreeValues) {
  const auto message = [](std::string_view json) {
    const auto parsed = ParseRoleCredentials(json);
    return parsed ? std::string("taken") : parsed.error().message;
  };
  EXPECT_EQ(message(Usual().Json()), "taken");
  EXPECT_EQ(message(R"({"Code":"Failed","AccessKeyId":"a","AccessKeySecret":"b",)"
                    R"("SecurityToken":"c","Expiration":"2024-11-08T09:44:50Z"})"),
            "Code is not Success");
  for (const char* json :
       {R"({"Code":"Success","AccessKeyId":"","AccessKeySecret":"b","SecurityToken":"c"})",
        R"({"Code":"Success","AccessKeyId":"a","SecurityToken":"c"})",
        R"({"Code":"Success","AccessKeyId":"a","AccessKeySecret":"b","SecurityToken":7})"}) {
    EXPECT_EQ(message(json), "AccessKeyId, AccessKeySecret or SecurityToken is missing") << json;
  }
  EXPECT_EQ(message(R"({"Code":"Success","AccessKeyId":"a","AccessKeySecret":"b",)"
                    R"("SecurityToken":"c","Expiration":"tomorrow"})"),
            "Expiration is not a time");
  for (const char* json : {"", "[]", "<html>", "{\"Code\":\"Success\"", "null"}) {
    EXPECT_EQ(message(json), "want a JSON object") << json;
  }
}

TEST(ParseRoleName, TakesOneName) {
  EXPECT_EQ(*ParseRoleName(" AliyunECS.ops-1_x\r\n"), "AliyunECS.ops-1_x");
  EXPECT_EQ(*ParseRoleName(std::string(64, 'r')), std::string(64, 'r'));
  for (const std::string& text : {std::string(), std::string(" \n"), std::string("a\nb"),
                                  std::string("../x"), std::string("a b"), std::string(65, 'r')}) {
    EXPECT_FALSE(ParseRoleName(text)) << text;
  }
}

}  // namespace
}  // namespace ecsward::cloud
