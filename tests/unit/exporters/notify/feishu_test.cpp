#include "exporters/notify/channels/feishu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporters/notify/channels/robot_url.h"
#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using Outcome = Delivery::Outcome;

constexpr char kUrl[] = "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b2c3d";

class Feishu : public testing::Test {
 protected:
  Delivery Send(const Notification& notification, SettingTexts texts = {}) {
    texts.insert(texts.begin(), {"url", kUrl});
    return world_.Make("feishu", texts)->Send(notification, {});
  }
  Delivery After(const std::string& answer) {
    world_.http.Answer(200, answer);
    return Send(NoticeOf({FiringAlert("DiskFull")}));
  }
  std::string CardText() const {
    return world_.LastBody()["card"]["elements"][0]["text"]["content"];
  }

  FakeChannelWorld world_;
};

TEST(FeishuSign, GivesTheReferencesValue) {
  EXPECT_EQ(FeishuSign(TestDigests(), "fakefeishusecret", 1'700'000'000),
            "hv+8/gnBka81Jmpl3mCAuzRpK77MQrRwXi816gGsqMU=");
}

TEST_F(Feishu, SendsACard) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull")});
  (void)Send(notification);
  const std::string text = world_.content.Body(notification, TextStyle::kLark, {19'000, 0});
  const Json header = {
      {"template", "red"},
      {"title",
       {{"tag", "plain_text"}, {"content", world_.content.Title(notification, {0, 100})}}}};
  const Json element = {{"tag", "div"}, {"text", {{"tag", "lark_md"}, {"content", text}}}};
  EXPECT_EQ(world_.LastRequest().body, Json({{"msg_type", "interactive"},
                                             {"card",
                                              {{"config", {{"wide_screen_mode", true}}},
                                               {"header", header},
                                               {"elements", Json::array({element})}}}})
                                           .dump());
  EXPECT_EQ(world_.LastRequest().url.Reveal(), kUrl);
}

TEST_F(Feishu, SendsText) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull")});
  (void)Send(notification, {{"msg_type", "text"}});
  const std::string text = world_.content.Body(notification, TextStyle::kPlain, {19'000, 0});
  EXPECT_EQ(world_.LastRequest().body,
            Json({{"msg_type", "text"}, {"content", {{"text", text}}}}).dump());
}

TEST_F(Feishu, SignsInTheBody) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"secret", "fakefeishusecret"}});
  EXPECT_EQ(world_.LastBody()["timestamp"], "1700000000") << "seconds, and a text";
  EXPECT_EQ(world_.LastBody()["sign"], "hv+8/gnBka81Jmpl3mCAuzRpK77MQrRwXi816gGsqMU=");
}

TEST_F(Feishu, ColoursTheCardByTheState) {
  const auto colour = [&](Notification notification) {
    (void)Send(notification);
    return world_.LastBody()["card"]["header"]["template"];
  };
  EXPECT_EQ(colour(NoticeOf({ResolvedAlert("A")})), "green");
  EXPECT_EQ(colour(NoticeOf({FiringAlert("A"), ResolvedAlert("B")})), "red");
  Notification drill = NoticeOf({FiringAlert("A")});
  drill.kind = NoticeKind::kDrill;
  EXPECT_EQ(colour(drill), "blue");
}

TEST_F(Feishu, MakesTheUrlFromAHookOfFeishuOrLark) {
  (void)world_.Make("feishu", {{"hook_id", "0a1b"}})->Send(NoticeOf({FiringAlert("A")}), {});
  EXPECT_EQ(world_.LastRequest().url.Reveal(), "https://open.feishu.cn/open-apis/bot/v2/hook/0a1b");
  (void)world_
      .Make("feishu",
            {{"hook_id", "0a1b"}, {"api_url", "https://open.larksuite.com/open-apis/bot/v2/hook"}})
      ->Send(NoticeOf({FiringAlert("A")}), {});
  EXPECT_EQ(world_.LastRequest().url.Reveal(),
            "https://open.larksuite.com/open-apis/bot/v2/hook/0a1b");
}

TEST_F(Feishu, MentionsPeopleWhileAlertsFire) {
  const SettingTexts card = {{"at_ids", "ou_1,ou_2"}, {"at_all", "true"}};
  (void)Send(NoticeOf({FiringAlert("A")}), card);
  EXPECT_THAT(CardText(), EndsWith("\n\n<at id=all></at><at id=ou_1></at><at id=ou_2></at>"));
  (void)Send(NoticeOf({ResolvedAlert("A")}), card);
  EXPECT_THAT(CardText(), Not(HasSubstr("<at")));
  (void)Send(NoticeOf({FiringAlert("A")}), {{"at_ids", "ou_1"}, {"msg_type", "text"}});
  EXPECT_THAT(world_.LastBody()["content"]["text"].get<std::string>(),
              EndsWith("<at user_id=\"ou_1\"></at>"));
}

TEST_F(Feishu, KeepsTheWholeBodyWithinTheLimitInBytes) {
  for (const char* type : {"interactive", "text"}) {
    for (const char* bytes : {"1000", "20000"}) {
      (void)Send(BigNotice(500), {{"max_bytes", bytes}, {"msg_type", type}, {"secret", "s3cr3t"}});
      EXPECT_LE(world_.LastRequest().body.size(), std::stoul(bytes)) << type;
      EXPECT_GT(world_.LastRequest().body.size(), std::stoul(bytes) / 2) << type;
    }
  }
}

TEST_F(Feishu, KnowsBothFormsOfSuccess) {
  for (const char* body :
       {R"({"code":0,"msg":"success","data":{}})", R"({"StatusCode":0,"StatusMessage":"success"})",
        R"({"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"})"}) {
    EXPECT_EQ(After(body).outcome, Outcome::kDelivered) << body;
  }
}

TEST_F(Feishu, GivesUpOnWhatCannotWork) {
  for (const char* code : {"19001", "19021", "19022", "19024"}) {
    const Delivery delivery = After(std::string(R"({"code":)") + code + R"(,"msg":"no"})");
    EXPECT_EQ(delivery.outcome, Outcome::kRefused) << code;
    EXPECT_EQ(delivery.reason, "api_code");
  }
}

TEST_F(Feishu, WaitsWhenItIsTooFast) {
  for (const char* body : {R"({"code":11232,"msg":"frequency limited psm[x]"})",
                           R"({"code":9499,"msg":"too many request"})"}) {
    const Delivery delivery = After(body);
    EXPECT_EQ(delivery.outcome, Outcome::kRetry);
    EXPECT_EQ(delivery.reason, "rate_limited");
    EXPECT_EQ(delivery.retry_after, std::chrono::minutes(1));
  }
}

TEST_F(Feishu, TriesAgainWhatNobodyKnows) {
  EXPECT_EQ(After(R"({"code":9499,"msg":"Bad Request"})").outcome, Outcome::kRetry);
}

TEST(FeishuSpec, KeepsToFiveASecondAndAHundredAMinute) {
  const ChannelLimits& limits = kFeishuChannel.limits;
  EXPECT_GE(limits.window, std::chrono::seconds(1));
  EXPECT_LE(limits.messages, 5);
  EXPECT_LE(std::chrono::minutes(1) / limits.window * limits.messages, 100);
}

}  // namespace
}  // namespace ecsward::notify
