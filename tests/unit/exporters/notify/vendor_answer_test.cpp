#include "exporters/notify/channels/vendor_answer.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

constexpr VendorFields kFields[] = {{"code", "msg"}, {"StatusCode", "StatusMessage"}};

std::int64_t CodeOf(std::string_view body) {
  const auto answer = ParseVendorAnswer(body, kFields);
  EXPECT_TRUE(answer) << body;
  return answer ? answer->code : -999;
}

TEST(ParseVendorAnswer, ReadsCodeAndWords) {
  const auto answer = ParseVendorAnswer(R"({"code":19021,"msg":"sign match fail"})", kFields);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, 19021);
  EXPECT_EQ(answer->message, "sign match fail");
  EXPECT_FALSE(answer->come_back);
}

TEST(ParseVendorAnswer, BelievesTheFieldThatTellsOfAFailure) {
  EXPECT_EQ(CodeOf(R"({"code":0,"StatusCode":0})"), 0);
  EXPECT_EQ(CodeOf(R"({"StatusCode":0,"StatusMessage":"success"})"), 0);
  EXPECT_EQ(CodeOf(R"({"code":0,"StatusCode":9})"), 9);
  EXPECT_EQ(CodeOf(R"({"code":9,"StatusCode":0})"), 9);
}

TEST(ParseVendorAnswer, ReadsNumbersInQuotes) {
  EXPECT_EQ(CodeOf(R"({"code":"0"})"), 0);
  EXPECT_EQ(CodeOf(R"({"code":"-1"})"), -1);
}

TEST(ParseVendorAnswer, NeverTakesAHugeNumberForSuccess) {
  EXPECT_GT(CodeOf(R"({"code":18446744073709551615})"), 0);
  EXPECT_FALSE(ParseVendorAnswer(R"({"code":1e300})", kFields));
}

TEST(ParseVendorAnswer, RefusesGarbage) {
  for (const char* body : {"", "ok", "<html></html>", "[]", "0", "null", R"({"code":null})",
                           R"({"code":"0x"})", R"({"code":""})", R"({"code":0)", R"({"errcode":0})",
                           R"({"code":true})", R"({"code":0.5})"}) {
    EXPECT_FALSE(ParseVendorAnswer(body, kFields)) << body;
  }
}

TEST(ParseVendorAnswer, HearsTheGatewayThatAsksToWait) {
  const auto answer =
      ParseVendorAnswer(R"({"status":1111,"wait":5,"source":"x5","punish":"deny"})", kFields);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, 1111);
  EXPECT_EQ(answer->come_back, std::chrono::seconds(5));
  EXPECT_EQ(ParseVendorAnswer(R"({"punish":"deny","wait":-5})", kFields)->come_back,
            std::chrono::seconds(1));
  EXPECT_EQ(ParseVendorAnswer(R"({"punish":"deny","wait":99999})", kFields)->come_back,
            std::chrono::seconds(3600));
}

constexpr VendorCode kCodes[] = {{1, VendorCode::Kind::kBusy, "busy"},
                                 {2, VendorCode::Kind::kTooFast, "slower"},
                                 {3, VendorCode::Kind::kPermanent, "never"}};
constexpr VendorTraits kVendor{"Vendor", kFields, kCodes};

TEST(JudgeVendorCode, KnowsWhatIsInTheTable) {
  const auto verdict = [](std::int64_t code) {
    return JudgeVendorCode({code, "", std::nullopt}, kVendor);
  };
  EXPECT_EQ(verdict(1).outcome, Delivery::Outcome::kRetry);
  EXPECT_EQ(verdict(1).reason, "api_code");
  EXPECT_EQ(verdict(2).outcome, Delivery::Outcome::kRetry);
  EXPECT_EQ(verdict(2).reason, "rate_limited");
  EXPECT_EQ(verdict(3).outcome, Delivery::Outcome::kRefused);
  EXPECT_EQ(verdict(3).reason, "api_code");
  EXPECT_EQ(verdict(3).advice, "never");
  EXPECT_TRUE(verdict(3).known);
}

TEST(JudgeVendorCode, TriesAgainWhatItDoesNotKnow) {
  const VendorVerdict verdict = JudgeVendorCode({77, "what", std::nullopt}, kVendor);
  EXPECT_EQ(verdict.outcome, Delivery::Outcome::kRetry);
  EXPECT_EQ(verdict.reason, "api_code");
  EXPECT_FALSE(verdict.known);
}

TEST(JudgeVendorCode, KnowsAnUnknownRateCodeByItsWords) {
  for (const char* words : {"Send Too Fast, exceed 20", "api freq out of limit", "发送频率过高"}) {
    EXPECT_EQ(JudgeVendorCode({77, words, std::nullopt}, kVendor).reason, "rate_limited") << words;
  }
}

}  // namespace
}  // namespace ecsward::notify
