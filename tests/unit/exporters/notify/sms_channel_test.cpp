#include <gtest/gtest.h>

#include "exporters/notify/channels/sms.h"
#include "tests/unit/exporters/notify/vendor_world.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;
using Texts = std::vector<std::string>;

constexpr char kOk[] = R"({"Code":"OK","Message":"OK","RequestId":"R-1","BizId":"9^0"})";
constexpr char kNoneSent[] =
    R"({"Code":"OK","TotalCount":"0","SmsSendDetailDTOs":{"SmsSendDetailDTO":[]}})";
constexpr char kOursSent[] =
    R"({"Code":"OK","TotalCount":"2","SmsSendDetailDTOs":{"SmsSendDetailDTO":[)"
    R"({"OutId":"other"},{"OutId":"0123456789abcdef"}]}})";
constexpr Attempt kFirst{1, false}, kAfterUnclear{2, true};

VendorSettings Usual() {
  return VendorSettings(kSmsChannel)
      .List("phone_numbers", {"13900000000"})
      .Text("sign_name", "某某运维")
      .Text("template_code", "SMS_123456789");
}

std::string Business(std::string_view code) {
  return R"({"Code":")" + std::string(code) + R"(","Message":"m","RequestId":"R-1"})";
}

TEST(SmsChannel, SendsOneMessageToAllNumbers) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  auto settings = Usual();
  settings.List("phone_numbers", {"13900000000", "+86 139 0000 0001", "+85260000000"})
      .Map("template_params",
           {{"name", "{{ .CommonLabels.alertname }}"}, {"count", "{{ len .Alerts.Firing }}"}});
  const Delivery delivery = world.Make(kSmsChannel, settings)->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.problem, "");
  EXPECT_EQ(delivery.messages, 3);
  ASSERT_EQ(world.http.Count(), 1u);
  const SeenCall call = Seen(world.http.Requests().front());
  EXPECT_EQ(call.action, "SendSms");
  EXPECT_EQ(call.host, "dysmsapi.aliyuncs.com");
  EXPECT_EQ(call["PhoneNumbers"], "13900000000,13900000001,85260000000");
  EXPECT_EQ(call["SignName"], "某某运维");
  EXPECT_EQ(call["TemplateCode"], "SMS_123456789");
  EXPECT_EQ(call["TemplateParam"], R"({"name":"DiskFull","count":"1"})");
  EXPECT_EQ(call["OutId"], "0123456789abcdef");
}

TEST(SmsChannel, SendsNoParametersToATemplateWithoutVariables) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.Make(kSmsChannel, Usual())->Send(DiskFull(), kFirst);
  for (const auto& [name, value] : Seen(world.http.Requests().front()).parameters) {
    EXPECT_NE(name, "TemplateParam");
  }
}

TEST(SmsChannel, CutsTheOutId) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.Make(kSmsChannel, Usual())->Send(DiskFull(std::string(100, 'a')), kFirst);
  EXPECT_EQ(Seen(world.http.Requests().front())["OutId"], std::string(64, 'a'));
}

TEST(SmsChannel, GoesWhereItIsTold) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  world.http.Answer(200, kOk);
  world.Make(kSmsChannel, Usual().Text("region", "cn-beijing"))->Send(DiskFull(), kFirst);
  world.Make(kSmsChannel, Usual().Text("region", "cn-beijing").Text("endpoint", "sms.example.com"))
      ->Send(DiskFull(), kFirst);
  EXPECT_EQ(Seen(world.http.Requests()[0]).host, "dysmsapi-proxy.cn-beijing.aliyuncs.com");
  EXPECT_EQ(Seen(world.http.Requests()[1]).host, "sms.example.com");
}

TEST(SmsChannel, SendsTheAlertsNameWhereATemplateFails) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  auto settings = Usual().Map("template_params", {{"name", "{{ template \"nobody\" . }}"}});
  const Delivery delivery = world.Make(kSmsChannel, settings)->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.reason, "template");
  EXPECT_NE(delivery.problem.find("name: "), std::string::npos) << delivery.problem;
  EXPECT_EQ(Seen(world.http.Requests().front())["TemplateParam"], R"({"name":"DiskFull"})");
}

TEST(SmsChannel, MakesVariablesThatTheServiceTakes) {
  VendorWorld world;
  world.http.Answer(200, kOk);
  Notification hostile = DiskFull();
  LabelPairs& labels = hostile.groups.front().alerts.front().labels;
  Set(labels, "a", "磁盘\r\n\"满\" https://evil.example/x 了");
  Set(labels, "long", "一二三四五六七八九十");
  auto settings = Usual()
                      .Text("param_limit", "8")
                      .Map("template_params", {{"a", "{{ .CommonLabels.a }}"},
                                               {"long", "{{ .CommonLabels.long }}"},
                                               {"none", "{{ .CommonLabels.none }}"}});
  world.Make(kSmsChannel, settings)->Send(hostile, kFirst);
  EXPECT_EQ(Seen(world.http.Requests().front())["TemplateParam"],
            R"({"a":"磁盘 \"满\" 了","long":"一二三四五六七…","none":"-"})");
}

TEST(SmsChannel, NeverRepeatsWhatALimitForbids) {
  VendorWorld world;
  world.http.Answer(200, Business("isv.BUSINESS_LIMIT_CONTROL"));
  const Delivery delivery = world.Make(kSmsChannel, Usual())->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kRefused);
  EXPECT_EQ(delivery.reason, "rate_limited");
  EXPECT_EQ(delivery.messages, 0);
  EXPECT_EQ(delivery.problem, "SendSms: isv.BUSINESS_LIMIT_CONTROL: m (RequestId R-1)");
}

TEST(SmsChannel, WaitsWhenItIsThrottled) {
  VendorWorld world;
  world.http.Answer(400, Business("Throttling.User"), {{"x-acs-retry-after", "1500"}});
  const Delivery delivery = world.Make(kSmsChannel, Usual())->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.reason, "rate_limited");
  EXPECT_EQ(delivery.retry_after, std::chrono::milliseconds(1500));
  EXPECT_EQ(delivery.messages, 0);
}

TEST(SmsChannel, LetsAWrongNumberCostTheOthersNothing) {
  VendorWorld world;
  world.http.Answer(200, Business("isv.MOBILE_NUMBER_ILLEGAL"));
  world.http.Answer(200, Business("isv.MOBILE_NUMBER_ILLEGAL"));
  world.http.Answer(200, kOk);
  auto settings = Usual().List("phone_numbers", {"13900000000", "13900000001"});
  const Delivery delivery = world.Make(kSmsChannel, settings)->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.messages, 1);
  EXPECT_NE(delivery.problem.find("isv.MOBILE_NUMBER_ILLEGAL"), std::string::npos);
  ASSERT_EQ(world.http.Count(), 3u);
  EXPECT_EQ(Seen(world.http.Requests()[2])["PhoneNumbers"], "13900000001");
}

TEST(SmsChannel, IsRefusedWhenTheOnlyNumberIsWrong) {
  VendorWorld world;
  world.http.Answer(200, Business("isv.MOBILE_NUMBER_ILLEGAL"));
  EXPECT_EQ(world.Make(kSmsChannel, Usual())->Send(DiskFull(), kFirst).outcome, Outcome::kRefused);
  EXPECT_EQ(world.http.Count(), 1u);
}

TEST(SmsChannel, IsUnclearWhenNoAnswerComes) {
  for (const auto& spoil : std::vector<void (*)(FakeHttp&)>{
           [](FakeHttp& http) { http.Fail(NetStage::kMaybeSent, ErrorCode::kTimeout, "late"); },
           [](FakeHttp& http) { http.Answer(200, "<html>"); },
           [](FakeHttp& http) { http.Answer(200, R"({"RequestId":"R"})"); },
           [](FakeHttp& http) { http.Answer(502, "<html>bad gateway</html>"); }}) {
    VendorWorld world;
    spoil(world.http);
    const Delivery delivery = world.Make(kSmsChannel, Usual())->Send(DiskFull(), kFirst);
    EXPECT_EQ(delivery.outcome, Outcome::kUnclear) << delivery.problem;
    EXPECT_EQ(delivery.messages, 1);  // it may cost
  }
}

TEST(SmsChannel, IsTriedAgainWhenNothingWasSent) {
  VendorWorld world;
  world.http.Fail(NetStage::kNotSent, ErrorCode::kNotFound, "no such host");
  const Delivery delivery = world.Make(kSmsChannel, Usual())->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.messages, 0);
}

TEST(SmsChannelAfterNoAnswer, AsksAndDoesNotSendTwice) {
  VendorWorld world;
  world.http.Answer(200, kOursSent);
  const Delivery delivery = world.Make(kSmsChannel, Usual())->Send(DiskFull(), kAfterUnclear);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.messages, 0);
  EXPECT_EQ(Actions(world.http), Texts{"QuerySendDetails"});
  const SeenCall call = Seen(world.http.Requests().front());
  EXPECT_EQ(call["PhoneNumber"], "13900000000");
  EXPECT_EQ(call["SendDate"], "20231115");  // in Beijing
  EXPECT_EQ(call["PageSize"], "50");
  EXPECT_EQ(call["CurrentPage"], "1");
}

TEST(SmsChannelAfterNoAnswer, SendsAgainWhatIsNotThere) {
  VendorWorld world;
  world.http.Answer(200, kNoneSent);
  world.http.Answer(200, kOk);
  const Delivery delivery = world.Make(kSmsChannel, Usual())->Send(DiskFull(), kAfterUnclear);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.messages, 1);
  EXPECT_EQ(Actions(world.http), (Texts{"QuerySendDetails", "SendSms"}));
}

TEST(SmsChannelAfterNoAnswer, SendsOnlyToWhomThereIsNone) {
  VendorWorld world;
  world.http.Answer(200, kOursSent);
  world.http.Answer(200, kNoneSent);
  world.http.Answer(200, kOk);
  auto settings = Usual().List("phone_numbers", {"13900000000", "13900000001"});
  const Delivery delivery = world.Make(kSmsChannel, settings)->Send(DiskFull(), kAfterUnclear);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.messages, 1);
  EXPECT_EQ(Seen(world.http.Requests()[2])["PhoneNumbers"], "13900000001");
}

TEST(SmsChannelAfterNoAnswer, LooksThroughAllPages) {
  std::string full = R"({"Code":"OK","TotalCount":"51","SmsSendDetailDTOs":{"SmsSendDetailDTO":[)";
  for (int i = 0; i < 50; ++i) full += std::string(i == 0 ? "" : ",") + R"({"OutId":"x"})";
  VendorWorld world;
  world.http.Answer(200, full + "]}}");
  world.http.Answer(200, kOursSent);
  EXPECT_EQ(world.Make(kSmsChannel, Usual())->Send(DiskFull(), kAfterUnclear).outcome,
            Outcome::kDelivered);
  EXPECT_EQ(Actions(world.http), (Texts{"QuerySendDetails", "QuerySendDetails"}));
  EXPECT_EQ(Seen(world.http.Requests()[1])["CurrentPage"], "2");
}

TEST(SmsChannelAfterNoAnswer, LooksAtTheDayBeforeAroundMidnight) {
  VendorWorld world;
  world.clock.Advance(std::chrono::hours(18));  // the 16th, 00:13 in Beijing
  world.http.Answer(200, kNoneSent);
  world.http.Answer(200, kOursSent);
  EXPECT_EQ(world.Make(kSmsChannel, Usual())->Send(DiskFull(), kAfterUnclear).outcome,
            Outcome::kDelivered);
  EXPECT_EQ(Seen(world.http.Requests()[0])["SendDate"], "20231115");
  EXPECT_EQ(Seen(world.http.Requests()[1])["SendDate"], "20231116");
}

TEST(SmsChannelAfterNoAnswer, DoesNotSendWhileItCannotAsk) {
  for (const auto& spoil : std::vector<void (*)(FakeHttp&)>{
           [](FakeHttp& http) { http.Fail(NetStage::kNotSent, ErrorCode::kIo, "refused"); },
           [](FakeHttp& http) { http.Fail(NetStage::kMaybeSent, ErrorCode::kTimeout, "late"); },
           [](FakeHttp& http) { http.Answer(503, ""); },
           [](FakeHttp& http) { http.Answer(400, Business("Throttling.User")); },
           [](FakeHttp& http) { http.Answer(200, Business("isp.SYSTEM_ERROR")); },
           [](FakeHttp& http) { http.Answer(200, "<html>"); },
           [](FakeHttp& http) { http.Answer(200, R"({"TotalCount":"0"})"); }}) {
    VendorWorld world;
    spoil(world.http);
    const Delivery delivery = world.Make(kSmsChannel, Usual())->Send(DiskFull(), kAfterUnclear);
    EXPECT_EQ(delivery.outcome, Outcome::kRetry);
    EXPECT_EQ(delivery.messages, 0);
    EXPECT_EQ(delivery.problem.substr(0, 14), "not sent again") << delivery.problem;
    EXPECT_EQ(Actions(world.http), Texts{"QuerySendDetails"});
  }
}

TEST(SmsChannelAfterNoAnswer, SendsWhereItMayNotAsk) {
  for (const char* body : {R"({"Code":"Forbidden.RAM","Message":"no","RequestId":"R"})",
                           R"({"Code":"NoPermission","Message":"no","RequestId":"R"})"}) {
    VendorWorld world;
    world.http.Answer(403, body);
    world.http.Answer(200, kOk);
    EXPECT_EQ(world.Make(kSmsChannel, Usual())->Send(DiskFull(), kAfterUnclear).outcome,
              Outcome::kDelivered);
    EXPECT_EQ(Actions(world.http), (Texts{"QuerySendDetails", "SendSms"}));
  }
  VendorWorld world;
  world.http.Answer(200, Business("isp.RAM_PERMISSION_DENY"));
  world.http.Answer(200, kOk);
  world.Make(kSmsChannel, Usual())->Send(DiskFull(), kAfterUnclear);
  EXPECT_EQ(Actions(world.http), (Texts{"QuerySendDetails", "SendSms"}));
}

TEST(SmsChannelAfterNoAnswer, AsksOfAFewAmongMany) {
  VendorWorld world;
  world.http.Otherwise([](const HttpRequest&) { return HttpResponse{200, {}, kOursSent, false}; });
  std::vector<std::string> numbers;
  for (int i = 0; i < 30; ++i) numbers.push_back(std::to_string(13'900'000'000 + i));
  auto settings = Usual().List("phone_numbers", numbers);
  EXPECT_EQ(world.Make(kSmsChannel, settings)->Send(DiskFull(), kAfterUnclear).outcome,
            Outcome::kDelivered);
  EXPECT_EQ(Actions(world.http), Texts(20, "QuerySendDetails"));
}

TEST(SmsSettings, AreChecked) {
  EXPECT_TRUE(Usual().Problems().empty());
  EXPECT_NE(Usual().Problem("phone_numbers", "0571-88888888"), "");
  EXPECT_NE(Usual().Problem("phone_numbers", "139"), "");
  EXPECT_EQ(Usual().Problem("phone_numbers", "+85260000000"), "");
  EXPECT_NE(Usual().Problem("sign_name", ""), "");
  EXPECT_NE(Usual().Problem("template_code", "SMS\n1"), "");
  EXPECT_EQ(Usual().Map("template_params", {{"a b", "x"}}).Problems().size(), 1u);
  EXPECT_EQ(Usual().Text("param_limit", "0").Problems().size(), 1u);
  EXPECT_EQ(Usual().Text("param_limit", "501").Problems().size(), 1u);
  std::vector<std::string> numbers;
  for (int i = 0; i < 1001; ++i) numbers.push_back(std::to_string(13'900'000'000 + i));
  EXPECT_EQ(Usual().List("phone_numbers", numbers).Problems(),
            Texts{"phone_numbers: at most 1000"});
  numbers.back() = numbers.front();  // the same twice is one
  EXPECT_TRUE(Usual().List("phone_numbers", numbers).Problems().empty());
}

TEST(SmsSpec, CostsMoney) {
  EXPECT_TRUE(kSmsChannel.costs_money);
  EXPECT_EQ(FindChannel("sms")->kind, "sms");
}

}  // namespace
}  // namespace ecsward::notify
