#include "exporters/notify/channels/dingtalk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporters/notify/channels/robot_url.h"
#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Outcome = Delivery::Outcome;

constexpr char kUrl[] = "https://oapi.dingtalk.com/robot/send?access_token=t0k3n";
constexpr char kOk[] = R"({"errcode":0,"errmsg":"ok"})";

class Dingtalk : public testing::Test {
 protected:
  Delivery Send(const Notification& notification, SettingTexts texts = {}) {
    texts.insert(texts.begin(), {"url", kUrl});
    return world_.Make("dingtalk", texts)->Send(notification, {});
  }
  Delivery After(const std::string& answer) {
    world_.http.Answer(200, answer);
    return Send(NoticeOf({FiringAlert("DiskFull")}), {{"secret", "SECfakefakefake"}});
  }
  std::string SentUrl() const { return world_.LastRequest().url.Reveal(); }

  FakeChannelWorld world_;
};

TEST(DingtalkSign, GivesTheReferencesValue) {
  EXPECT_EQ(DingtalkSign(TestDigests(), "SECfakefakefake", 1'700'000'000'000),
            "%2Bw43BvjTRWuPdvZHNAHmC%2BRIWQY0VMbMKTnAM9j2Png%3D");
}

TEST_F(Dingtalk, SendsMarkdown) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull")});
  (void)Send(notification);
  const std::string title = world_.content.Title(notification, {.bytes = 0, .characters = 64});
  const std::string text = world_.content.Body(notification, TextStyle::kMarkdown, {20'000, 0});
  EXPECT_EQ(world_.LastRequest().body,
            Json({{"msgtype", "markdown"},
                  {"markdown", {{"title", title}, {"text", text}}},
                  {"at", {{"atMobiles", Json::array()}, {"isAtAll", false}}}})
                .dump());
  EXPECT_EQ(SentUrl(), kUrl);
}

TEST_F(Dingtalk, PutsSeveralAlertsUnderAHeading) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull"), FiringAlert("CpuBusy")});
  (void)Send(notification);
  const std::string title = world_.content.Title(notification, {.bytes = 0, .characters = 64});
  EXPECT_THAT(world_.LastBody()["markdown"]["text"].get<std::string>(),
              StartsWith("### " + EscapeText(title, TextStyle::kMarkdown) + "\n\n"));
}

TEST_F(Dingtalk, SignsWithTheTimeOfTheClock) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"secret", "SECfakefakefake"}});
  EXPECT_EQ(SentUrl(), std::string(kUrl) + "&timestamp=1700000000000&sign=" +
                           "%2Bw43BvjTRWuPdvZHNAHmC%2BRIWQY0VMbMKTnAM9j2Png%3D");
}

TEST_F(Dingtalk, SignsAnewForEachAttempt) {
  const auto channel = world_.Make("dingtalk", {{"url", kUrl}, {"secret", "SECfakefakefake"}});
  (void)channel->Send(NoticeOf({FiringAlert("DiskFull")}), {});
  const std::string first = SentUrl();
  world_.clock.Advance(std::chrono::milliseconds(1));
  (void)channel->Send(NoticeOf({FiringAlert("DiskFull")}), {});
  EXPECT_THAT(SentUrl(), HasSubstr("timestamp=1700000000001"));
  EXPECT_NE(SentUrl().substr(SentUrl().find("sign=")), first.substr(first.find("sign=")));
}

TEST_F(Dingtalk, MakesTheUrlFromAToken) {
  const auto channel = world_.Make("dingtalk", {{"access_token", "a b"}});
  (void)channel->Send(NoticeOf({FiringAlert("DiskFull")}), {});
  EXPECT_EQ(SentUrl(), "https://oapi.dingtalk.com/robot/send?access_token=a%20b");
}

TEST_F(Dingtalk, SignsAUrlWithoutAQuery) {
  const auto channel = world_.Make("dingtalk", {{"url", "http://relay/robot"}, {"secret", "SECx"}});
  (void)channel->Send(NoticeOf({FiringAlert("DiskFull")}), {});
  EXPECT_THAT(SentUrl(), StartsWith("http://relay/robot?timestamp="));
}

TEST_F(Dingtalk, MentionsPeopleWhileAlertsFire) {
  const SettingTexts texts = {{"at_mobiles", "13900000000,13900000001"}, {"at_all", "true"}};
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), texts);
  const Json body = world_.LastBody();
  EXPECT_EQ(body["at"]["atMobiles"], Json({"13900000000", "13900000001"}));
  EXPECT_EQ(body["at"]["isAtAll"], true);
  EXPECT_THAT(body["markdown"]["text"].get<std::string>(),
              EndsWith("\n\n@13900000000 @13900000001"));
}

TEST_F(Dingtalk, WakesNobodyWhenAllIsOver) {
  const SettingTexts texts = {{"at_mobiles", "13900000000"}, {"at_all", "true"}};
  (void)Send(NoticeOf({ResolvedAlert("DiskFull")}), texts);
  const Json body = world_.LastBody();
  EXPECT_THAT(body["at"]["atMobiles"], IsEmpty());
  EXPECT_EQ(body["at"]["isAtAll"], false);
  EXPECT_THAT(body["markdown"]["text"].get<std::string>(), Not(HasSubstr("@139")));
}

TEST_F(Dingtalk, KeepsTheWholeBodyWithinTheLimitInBytes) {
  for (const char* bytes : {"500", "2000", "20000"}) {
    (void)Send(BigNotice(500), {{"max_bytes", bytes}, {"at_mobiles", "13900000000"}});
    const std::string body = world_.LastRequest().body;
    EXPECT_LE(body.size(), std::stoul(bytes));
    EXPECT_GT(body.size(), std::stoul(bytes) / 2) << "no more is cut than must be";
    EXPECT_TRUE(Json::accept(body));
    EXPECT_THAT(world_.LastBody()["markdown"]["text"].get<std::string>(), EndsWith("@13900000000"));
  }
}

TEST_F(Dingtalk, SaysWhatTheTemplateMakes) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}),
             {{"title", "for {{ .Receiver }}"}, {"text", "to {{ .Receiver }}"}});
  const Json markdown = world_.LastBody()["markdown"];
  EXPECT_EQ(markdown["title"], "for ops");
  EXPECT_EQ(markdown["text"], "to ops");
}

TEST_F(Dingtalk, PutsItsTitleOverTheDefaultText) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"title", "for {{ .Receiver }}"}});
  EXPECT_THAT(world_.LastBody()["markdown"]["text"].get<std::string>(),
              StartsWith("### for ops\n\n"));
}

TEST_F(Dingtalk, LosesNoAlertToABrokenTemplate) {
  for (const char* option : {"title", "text"}) {
    world_.http.Answer(200, kOk);
    const Notification notification = NoticeOf({FiringAlert("DiskFull")});
    const Delivery delivery = Send(notification, {{option, R"({{ template "nothing" . }}fail)"}});
    EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
    EXPECT_EQ(delivery.reason, "template");
    EXPECT_THAT(delivery.problem, HasSubstr(std::string(option) + ": "));
    const std::string text = world_.LastBody()["markdown"]["text"];
    EXPECT_THAT(text, HasSubstr("模板出错"));
    EXPECT_THAT(text, HasSubstr("磁盘将满"));
  }
}

TEST_F(Dingtalk, TakesATemplateWithoutATextForABrokenOne) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"text", " \n"}});
  EXPECT_THAT(world_.LastBody()["markdown"]["text"].get<std::string>(), HasSubstr("磁盘将满"));
}

TEST_F(Dingtalk, LeavesTheRobotAloneThatIsTooFast) {
  for (const char* code : {"130101", "410100"}) {
    const Delivery delivery =
        After(std::string(R"({"errcode":)") + code + R"(,"errmsg":"send too fast"})");
    EXPECT_EQ(delivery.outcome, Outcome::kRetry);
    EXPECT_EQ(delivery.reason, "rate_limited");
    EXPECT_EQ(delivery.retry_after, std::chrono::minutes(10));
    EXPECT_THAT(delivery.problem, HasSubstr(code));
  }
  world_.http.Answer(200, R"({"errcode":130101})");
  EXPECT_EQ(Send(NoticeOf({FiringAlert("A")}), {{"rate_limit_wait", "90s"}}).retry_after,
            std::chrono::seconds(90));
}

TEST_F(Dingtalk, HearsTheGateway) {
  const Delivery delivery = After(R"({"status":1111,"wait":5,"source":"x5","punish":"deny"})");
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.reason, "rate_limited");
  EXPECT_EQ(delivery.retry_after, std::chrono::seconds(5));
}

TEST_F(Dingtalk, GivesUpOnWhatCannotWork) {
  for (const char* code : {"310000", "300005", "400101", "400013", "400102", "40035", "460101"}) {
    const Delivery delivery = After(std::string(R"({"errcode":)") + code + R"(,"errmsg":"no"})");
    EXPECT_EQ(delivery.outcome, Outcome::kRefused) << code;
    EXPECT_EQ(delivery.reason, "api_code");
    EXPECT_EQ(delivery.retry_after, std::nullopt);
  }
  EXPECT_THAT(After(R"({"errcode":310000,"errmsg":"keywords not in content"})").problem,
              testing::AllOf(StartsWith("DingTalk answered 310000: keywords not in content ("),
                             HasSubstr("keyword that the text lacks")));
}

TEST_F(Dingtalk, TriesAgainWhatNobodyKnows) {
  for (const char* code : {"-1", "777", "-777"}) {
    const Delivery delivery = After(std::string(R"({"errcode":)") + code + R"(,"errmsg":"?"})");
    EXPECT_EQ(delivery.outcome, Outcome::kRetry) << code;
    EXPECT_EQ(delivery.reason, "api_code");
  }
}

TEST_F(Dingtalk, BelievesACodeBesideABadStatus) {
  world_.http.Answer(400, R"({"errcode":130101,"errmsg":"send too fast"})");
  EXPECT_EQ(Send(NoticeOf({FiringAlert("A")})).outcome, Outcome::kRetry);
  world_.http.Answer(400, R"({"errcode":777,"errmsg":"?"})");
  EXPECT_EQ(Send(NoticeOf({FiringAlert("A")})).outcome, Outcome::kRefused);
}

TEST_F(Dingtalk, ShowsNeitherSecretNorSignature) {
  const Delivery delivery = After(
      R"({"errcode":310000,"errmsg":"SECfakefakefake t0k3n )"
      R"(+w43BvjTRWuPdvZHNAHmC+RIWQY0VMbMKTnAM9j2Png= %2Bw43BvjTRWuPdvZHNAHmC%2BRIWQY0VMbMKTnAM9j2Png%3D"})");
  EXPECT_THAT(delivery.problem, HasSubstr("<redacted> <redacted> <redacted> <redacted>"));
}

TEST(DingtalkSpec, KnowsTheRobotsLimit) {
  EXPECT_EQ(kDingtalkChannel.limits.messages, 20);
  EXPECT_EQ(kDingtalkChannel.limits.window, std::chrono::minutes(1));
}

}  // namespace
}  // namespace ecsward::notify
