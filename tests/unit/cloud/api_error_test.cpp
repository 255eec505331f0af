#include "cloud/api_error.h"

#include <gtest/gtest.h>

namespace ecsward::cloud {
namespace {

using enum ApiErrorClass;

TEST(ClassifyApiError, KnowsTheCodes) {
  const std::pair<ApiErrorClass, std::vector<const char*>> table[] = {
      {kThrottled, {"Throttling", "Throttling.User", "Throttling.Api", "Rejected.Throttling"}},
      {kTransient, {"InternalError", "ServiceUnavailable"}},
      {kInProgress,
       {"IdempotentProcessing", "LastOrderProcessing", "Operation.Conflict", "OperationConflict",
        "InvalidOperation.Conflict"}},
      {kBusyState,
       {"IncorrectDiskStatus.CreatingSnapshot", "DiskCreatingSnapshot",
        "IncorrectDiskStatus.Transferring", "IncorrectDiskStatus.Initializing",
        "IncorrectDiskStatus", "IncorrectInstanceStatus", "InvalidInstanceStatus.NotRunning"}},
      {kResign, {"SignatureNonceUsed", "InvalidTimeStamp.Expired", "InvalidTimestamp.Expired"}},
      {kRefreshCredentials,
       {"InvalidSecurityToken.Expired", "InvalidSecurityToken.Malformed",
        "InvalidSecurityToken.MismatchWithAccessKey"}},
      {kCredentialsWrong,
       {"InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "SignatureDoesNotMatch",
        "IncompleteSignature"}},
      {kNotAllowed,
       {"Forbidden.RAM", "Forbidden", "NoPermission", "UserNotInTheWhiteList",
        "Forbidden.RiskControl"}},
      {kQuotaOrMoney,
       {"QuotaExceed.Snapshot", "QuotaExceed.Tags", "InvalidAccountStatus.NotEnoughBalance",
        "InvalidAccountStatus.SnapshotServiceUnavailable", "DiskInArrears",
        "InstanceLockedForSecurity", "InstanceExpiredOrInArrears"}},
      {kNeverPossible,
       {"IncorrectDiskStatus.NeverAttached", "IncorrectDiskStatus.NeverUsed",
        "DiskCategory.OperationNotSupported", "DiskId.ValueNotSupported",
        "InvalidDiskSize.TooSmall", "InvalidOperation.NotSupportCopyInSameRegion"}},
      {kBlocked, {"SnapshotCreatedDisk", "SnapshotCreatedImage"}},
      {kDone, {"InvalidSnapshotId.NotFound", "InvalidDiskId.NotFound"}},
      {kBug,
       {"MissingParameter", "MissingPhoneNumbers", "InvalidParameter", "InvalidParameter.Conflict",
        "InvalidDescription.Malformed", "InvalidApi.NotFound", "IdempotentParameterMismatch"}},
      {kDryRunOk, {"DryRunOperation"}},
      {kOther, {"", "isv.BUSINESS_LIMIT_CONTROL", "Something.New"}},
  };
  for (const auto& [kind, codes] : table) {
    for (const char* code : codes) EXPECT_EQ(ClassifyApiError(code, 400), kind) << code;
  }
}

TEST(ClassifyApiError, AsksTheStatusOnlyWhenTheCodeSaysNothing) {
  EXPECT_EQ(ClassifyApiError("Forbidden.RAM", 500), kNotAllowed);
  EXPECT_EQ(ClassifyApiError("New.Code", 500), kTransient);
  EXPECT_EQ(ClassifyApiError("", 502), kTransient);
  EXPECT_EQ(ClassifyApiError("", 408), kTransient);
  EXPECT_EQ(ClassifyApiError("", 429), kThrottled);
  EXPECT_EQ(ClassifyApiError("", 499), kOther);
  EXPECT_EQ(ClassifyApiError("", 302), kOther);
}

TEST(ParseApiBody, ReadsNamesInEitherCase) {
  for (const char* text :
       {R"({"RequestId":"R-1","HostId":"h","Code":"Throttling.User","Message":"slow \u4e0b"})",
        R"({"requestId":"R-1","code":"Throttling.User","message":"slow 下"})"}) {
    const ApiBody body = ParseApiBody(text);
    EXPECT_EQ(body.code, "Throttling.User");
    EXPECT_EQ(body.message, "slow 下");
    EXPECT_EQ(body.request_id, "R-1");
    EXPECT_TRUE(body.whole);
  }
}

TEST(ParseApiBody, ReadsAnXmlError) {
  const ApiBody body = ParseApiBody(
      "<?xml version='1.0' encoding='UTF-8'?>\n<Error><RequestId>R-2</RequestId>"
      "<Code>InvalidAccessKeyId.NotFound</Code><Message>a &lt;b&gt; &amp;amp; c &x</Message>"
      "</Error>");
  EXPECT_EQ(body.code, "InvalidAccessKeyId.NotFound");
  EXPECT_EQ(body.message, "a <b> &amp; c &x");
  EXPECT_EQ(body.request_id, "R-2");
  EXPECT_FALSE(body.whole);
}

TEST(ParseApiBody, TakesNothingFromHtml) {
  const ApiBody body = ParseApiBody("<html><Code>200</Code><body>502 Bad Gateway</body></html>");
  EXPECT_EQ(body.code, "");
  EXPECT_FALSE(body.whole);
}

TEST(ParseApiBody, KeepsWhatCameBeforeABreak) {
  const ApiBody body =
      ParseApiBody(R"({"Code":"Throttling","RequestId":"R-3","Message":"Request was den)");
  EXPECT_EQ(body.code, "Throttling");
  EXPECT_EQ(body.request_id, "R-3");
  EXPECT_EQ(body.message, "");
  EXPECT_FALSE(body.whole);
  const ApiBody xml = ParseApiBody("<Error><Code>Throttling</Code><Message>Req");
  EXPECT_EQ(xml.code, "Throttling");
  EXPECT_EQ(xml.message, "");
}

TEST(ParseApiBody, TakesOnlyTextsAndNumbersOfTheTopLevel) {
  const ApiBody body = ParseApiBody(
      R"({"Data":{"Code":"inner","Message":["x"]},"Code":404,"Message":null,"RequestId":["R"],)"
      R"("More":{"Code":"later"}})");
  EXPECT_EQ(body.code, "404");
  EXPECT_EQ(body.message, "");
  EXPECT_EQ(body.request_id, "");
  EXPECT_TRUE(body.whole);
  EXPECT_EQ(ParseApiBody(R"({"Code":{"a":1},"Message":true})").code, "");
  EXPECT_EQ(ParseApiBody(R"({"Code":-7})").code, "-7");
  EXPECT_EQ(ParseApiBody(R"({"Code":1.50})").code, "1.50");
}

TEST(ParseApiBody, FindsWhatARamPolicyLacks) {
  const ApiBody body = ParseApiBody(
      R"({"Code":"NoPermission","AccessDeniedDetail":{"AuthAction":"dysms:SendSms","X":"y"},)"
      R"("AuthAction":"other"})");
  EXPECT_EQ(body.denied_action, "dysms:SendSms");
  EXPECT_EQ(ParseApiBody(R"({"Other":{"AuthAction":"x"}})").denied_action, "");
  EXPECT_EQ(ParseApiBody(R"({"AccessDeniedDetail":{"a":{"AuthAction":"x"}}})").denied_action, "");
}

TEST(ParseApiBody, IsWholeOnlyAsOneObject) {
  EXPECT_TRUE(ParseApiBody(" {} ").whole);
  for (const char* text :
       {"", "[]", "[{}]", "\"OK\"", "1", "null", "{", "{}x", "{\"a\":\"\xff\"}"}) {
    EXPECT_FALSE(ParseApiBody(text).whole) << text;
  }
}

TEST(ParseApiBody, SurvivesDeepNesting) {
  EXPECT_FALSE(ParseApiBody(std::string(200'000, '[')).whole);
  std::string objects;
  for (int i = 0; i < 50'000; ++i) objects += "{\"a\":";
  EXPECT_FALSE(ParseApiBody(objects).whole);
}

TEST(ApiFailure, ReadsAsOneLine) {
  ApiFailure failure;
  failure.action = "SendSms";
  failure.code = "Throttling.User";
  failure.message = "Request was denied";
  failure.request_id = "R-1";
  EXPECT_EQ(failure.ToText(), "SendSms: Throttling.User: Request was denied (RequestId R-1)");
  ApiFailure empty;
  empty.status = 502;
  EXPECT_EQ(empty.ToText(), "call: HTTP 502");
}

}  // namespace
}  // namespace ecsward::cloud
