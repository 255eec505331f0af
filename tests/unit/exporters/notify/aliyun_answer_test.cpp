#include "exporters/notify/channels/aliyun_answer.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;

TEST(ParseMessageAnswer, TakesCodeAndMessage) {
  const auto answer = ParseMessageAnswer(
      R"({"Code":"isv.AMOUNT_NOT_ENOUGH","Message":"余额不足","RequestId":"R-1","BizId":"9^0"})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, "isv.AMOUNT_NOT_ENOUGH");
  EXPECT_EQ(answer->message, "余额不足");
  EXPECT_EQ(answer->request_id, "R-1");
}

TEST(ParseMessageAnswer, RefusesGarbage) {
  for (const char* text :
       {"", "<html>", "[]", "{}", "\"OK\"", R"({"Code":1})", R"({"Code":"OK")"}) {
    const auto answer = ParseMessageAnswer(text);
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().code, ErrorCode::kParse);
  }
}

TEST(ParseSendDetails, TakesThePage) {
  const auto details = ParseSendDetails(
      R"({"Code":"OK","TotalCount":"51","SmsSendDetailDTOs":{"SmsSendDetailDTO":[)"
      R"({"OutId":"n-1","PhoneNum":"13900000000","SendStatus":3},{"PhoneNum":"13900000000"},7]}})");
  ASSERT_TRUE(details);
  EXPECT_EQ(details->code, "OK");
  EXPECT_EQ(details->total, 51u);
  EXPECT_EQ(details->out_ids, (std::vector<std::string>{"n-1", "", ""}));
}

TEST(ParseSendDetails, TakesAnEmptyPage) {
  const auto details = ParseSendDetails(R"({"Code":"OK","TotalCount":0,"SmsSendDetailDTOs":[]})");
  ASSERT_TRUE(details);
  EXPECT_EQ(details->total, 0u);
  EXPECT_TRUE(details->out_ids.empty());
  EXPECT_FALSE(ParseSendDetails("{}"));
  EXPECT_FALSE(ParseSendDetails("null"));
}

Delivery Business(std::string code) {
  return FromBusinessCode("SendSms", {std::move(code), "m", "R-1"});
}

TEST(FromBusinessCode, NeverRepeatsWhatALimitForbids) {
  EXPECT_EQ(Business("isv.BUSINESS_LIMIT_CONTROL").outcome, Outcome::kRefused);
  EXPECT_EQ(Business("isv.BUSINESS_LIMIT_CONTROL").reason, "rate_limited");
  EXPECT_EQ(Business("isv.DAY_LIMIT_CONTROL").outcome, Outcome::kRefused);
  EXPECT_EQ(Business("VOICE_BUSINESS_LIMIT_CONTROL").outcome, Outcome::kRefused);
}

TEST(FromBusinessCode, GivesUpWhatTheAccountOrTheNumberForbids) {
  for (const char* code : {"isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE",
                           "isv.MOBILE_NUMBER_ILLEGAL", "isv.SMS_TEMPLATE_ILLEGAL"}) {
    EXPECT_EQ(Business(code).outcome, Outcome::kRefused) << code;
    EXPECT_EQ(Business(code).reason, "api_code") << code;
    EXPECT_EQ(Business(code).messages, 0) << code;
  }
  EXPECT_EQ(Business("isp.RAM_PERMISSION_DENY").outcome, Outcome::kRefused);
  EXPECT_EQ(Business("isp.RAM_PERMISSION_DENY").reason, "credentials");
}

TEST(FromBusinessCode, RepeatsWhatTheServiceDidAndWhatIsUnknown) {
  EXPECT_EQ(Business("isp.SYSTEM_ERROR").outcome, Outcome::kRetry);
  EXPECT_EQ(Business("SomethingNew").outcome, Outcome::kRetry);
  EXPECT_EQ(Business("Throttling.User").outcome, Outcome::kRetry);
  EXPECT_EQ(Business("Throttling.User").reason, "rate_limited");
}

TEST(FromBusinessCode, SaysWhatTheServiceSaidOnOneLine) {
  const Delivery delivery = FromBusinessCode("SendSms", {"isp.SYSTEM_ERROR", "系统\n错误", "R-1"});
  EXPECT_EQ(delivery.problem, "SendSms: isp.SYSTEM_ERROR: 系统 错误 (RequestId R-1)");
}

Delivery Failure(cloud::ApiErrorClass kind, int status = 400, std::string code = "",
                 NetStage stage = NetStage::kMaybeSent) {
  cloud::ApiFailure failure;
  failure.kind = kind;
  failure.status = status;
  failure.code = std::move(code);
  failure.stage = stage;
  return FromApiFailure(failure);
}

TEST(FromApiFailure, IsUnclearWhenTheRequestMayHaveArrived) {
  using Kind = cloud::ApiErrorClass;
  EXPECT_EQ(Failure(Kind::kNetwork).outcome, Outcome::kUnclear);
  EXPECT_EQ(Failure(Kind::kNetwork, 0, "", NetStage::kNotSent).outcome, Outcome::kRetry);
  EXPECT_EQ(Failure(Kind::kTransient, 502).outcome, Outcome::kUnclear);
  EXPECT_EQ(Failure(Kind::kTransient, 500, "InternalError").outcome, Outcome::kRetry);
  EXPECT_EQ(Failure(Kind::kTransient, 500, "InternalError").reason, "http_status");
}

TEST(FromApiFailure, WaitsAsLongAsItIsAsked) {
  cloud::ApiFailure failure;
  failure.kind = cloud::ApiErrorClass::kThrottled;
  failure.code = "Throttling.User";
  failure.retry_after = std::chrono::milliseconds(1500);
  const Delivery delivery = FromApiFailure(failure);
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.reason, "rate_limited");
  EXPECT_EQ(delivery.retry_after, std::chrono::milliseconds(1500));
  EXPECT_FALSE(Failure(cloud::ApiErrorClass::kThrottled).retry_after);
}

TEST(FromApiFailure, GivesUpWhatAPersonHasToMend) {
  using Kind = cloud::ApiErrorClass;
  for (const Kind kind : {Kind::kCredentialsWrong, Kind::kNotAllowed}) {
    EXPECT_EQ(Failure(kind, 403, "Forbidden.RAM").outcome, Outcome::kRefused);
    EXPECT_EQ(Failure(kind, 403, "Forbidden.RAM").reason, "credentials");
  }
  for (const Kind kind : {Kind::kQuotaOrMoney, Kind::kNeverPossible, Kind::kBug}) {
    EXPECT_EQ(Failure(kind, 400, "X").outcome, Outcome::kRefused);
    EXPECT_EQ(Failure(kind, 400, "X").reason, "api_code");
  }
  EXPECT_EQ(Failure(Kind::kRefreshCredentials, 400, "X").outcome, Outcome::kRetry);
  EXPECT_EQ(Failure(Kind::kResign, 400, "X").outcome, Outcome::kRetry);
  EXPECT_EQ(Failure(Kind::kBusyState, 403, "X").outcome, Outcome::kRetry);
}

TEST(FromApiFailure, JudgesUnknownCodesByTheStatus) {
  using Kind = cloud::ApiErrorClass;
  EXPECT_EQ(Failure(Kind::kOther, 400, "InvalidToAddress").outcome, Outcome::kRefused);
  EXPECT_EQ(Failure(Kind::kOther, 400, "isp.SYSTEM_ERROR").outcome, Outcome::kRetry);
  EXPECT_EQ(Failure(Kind::kOther, 400, "isv.BUSINESS_LIMIT_CONTROL").reason, "rate_limited");
  EXPECT_EQ(Failure(Kind::kOther, 302).reason, "redirect");
  EXPECT_EQ(Failure(Kind::kOther, 302).outcome, Outcome::kRefused);
  EXPECT_EQ(Failure(Kind::kOther, 404).reason, "http_status");
  EXPECT_EQ(Failure(Kind::kOther, 404).outcome, Outcome::kRefused);
}

}  // namespace
}  // namespace ecsward::notify
