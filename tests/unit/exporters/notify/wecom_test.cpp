#include "exporters/notify/channels/wecom.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Outcome = Delivery::Outcome;

constexpr char kUrl[] = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=73febdcb-1b38";

class Wecom : public testing::Test {
 protected:
  Delivery Send(const Notification& notification, SettingTexts texts = {}) {
    texts.insert(texts.begin(), {"url", kUrl});
    return world_.Make("wecom", texts)->Send(notification, {});
  }
  Delivery After(const std::string& answer) {
    world_.http.Answer(200, answer);
    return Send(NoticeOf({FiringAlert("DiskFull")}));
  }
  std::string Content() const {
    const Json body = world_.LastBody();
    return body[body["msgtype"].get<std::string>()]["content"];
  }

  FakeChannelWorld world_;
};

TEST_F(Wecom, SendsMarkdown) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull")});
  (void)Send(notification);
  const std::string text = world_.content.Body(notification, TextStyle::kWecom, {4'000, 0});
  EXPECT_EQ(world_.LastRequest().body,
            Json({{"msgtype", "markdown"}, {"markdown", {{"content", text}}}}).dump());
  EXPECT_EQ(world_.LastRequest().url.Reveal(), kUrl);
}

TEST_F(Wecom, SendsText) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull")});
  (void)Send(notification, {{"msg_type", "text"}});
  const std::string text = world_.content.Body(notification, TextStyle::kPlain, {2'000, 0});
  EXPECT_EQ(world_.LastRequest().body,
            Json({{"msgtype", "text"}, {"text", {{"content", text}}}}).dump());
}

TEST_F(Wecom, KeepsTheContentWithinItsBytes) {
  const std::pair<SettingTexts, std::size_t> cases[] = {
      {{}, 4096}, {{{"msg_type", "text"}}, 2048}, {{{"max_bytes", "700"}}, 700}};
  for (auto [texts, bytes] : cases) {
    (void)Send(BigNotice(200), texts);
    EXPECT_LE(Content().size(), bytes);
    EXPECT_GT(Content().size(), bytes / 2);
    texts.emplace_back("mentioned_list", "wangqing,zhangsan");
    (void)Send(BigNotice(200), texts);
    EXPECT_LE(Content().size(), bytes);
  }
}

TEST_F(Wecom, KeepsATemplatesTextWithinItsBytes) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "磁";
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"text", text}});
  EXPECT_LE(Content().size(), 4096u);
  EXPECT_GT(Content().size(), 4080u);
  EXPECT_THAT(Content(), EndsWith("磁…"));
}

TEST_F(Wecom, MentionsInMarkdown) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"mentioned_list", "wangqing,@all"}});
  EXPECT_THAT(Content(), EndsWith("\n\n<@wangqing><@all>"));
  (void)Send(NoticeOf({ResolvedAlert("DiskFull")}), {{"mentioned_list", "wangqing,@all"}});
  EXPECT_THAT(Content(), Not(HasSubstr("<@wangqing>")));
}

TEST_F(Wecom, MentionsInText) {
  const SettingTexts texts = {{"msg_type", "text"},
                              {"mentioned_list", "wangqing"},
                              {"mentioned_mobile_list", "13900000000,@all"}};
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), texts);
  EXPECT_EQ(world_.LastBody()["text"]["mentioned_list"], Json::array({"wangqing"}));
  EXPECT_EQ(world_.LastBody()["text"]["mentioned_mobile_list"], Json({"13900000000", "@all"}));
  (void)Send(NoticeOf({ResolvedAlert("DiskFull")}), texts);
  EXPECT_FALSE(world_.LastBody()["text"].contains("mentioned_list"));
}

TEST_F(Wecom, MobileNumbersNeedAText) {
  EXPECT_THAT(ProblemsOf("wecom", {{"key", "k"}, {"mentioned_mobile_list", "13900000000"}}),
              ElementsAre(HasSubstr("msg_type: text")));
  EXPECT_THAT(
      ProblemsOf("wecom",
                 {{"key", "k"}, {"msg_type", "text"}, {"mentioned_mobile_list", "13900000000"}}),
      IsEmpty());
}

TEST_F(Wecom, MakesTheUrlFromAKey) {
  (void)world_.Make("wecom", {{"key", "k&y"}})->Send(NoticeOf({FiringAlert("A")}), {});
  EXPECT_EQ(world_.LastRequest().url.Reveal(),
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k%26y");
}

TEST_F(Wecom, WaitsAMinuteWhenItIsTooFast) {
  const Delivery delivery = After(R"({"errcode":45009,"errmsg":"api freq out of limit"})");
  EXPECT_EQ(delivery.outcome, Outcome::kRetry);
  EXPECT_EQ(delivery.reason, "rate_limited");
  EXPECT_EQ(delivery.retry_after, std::chrono::minutes(1));
}

TEST_F(Wecom, GivesUpOnWhatCannotWork) {
  for (const char* code : {"93000", "40058", "45002", "40008", "44004"}) {
    EXPECT_EQ(After(std::string(R"({"errcode":)") + code + "}").outcome, Outcome::kRefused) << code;
  }
  EXPECT_EQ(After(R"({"errcode":-1,"errmsg":"system busy"})").outcome, Outcome::kRetry);
  EXPECT_EQ(After(R"({"errcode":12345})").outcome, Outcome::kRetry);
}

TEST_F(Wecom, ChecksTheKindOfMessage) {
  const auto options = kWecomChannel.options;
  const auto option = std::find_if(options.begin(), options.end(),
                                   [](const auto& one) { return one.name == "msg_type"; });
  EXPECT_FALSE(option->check("markdown_v2"));
  EXPECT_TRUE(option->check("text"));
}

TEST_F(Wecom, TellsABrokenTemplateInTheText) {
  world_.http.Answer(200, R"({"errcode":0})");
  const Delivery delivery = Send(BigNotice(200), {{"text", R"({{ template "nothing" . }}fail)"}});
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_THAT(Content(), HasSubstr("模板出错"));
  EXPECT_LE(Content().size(), 4096u);
}

}  // namespace
}  // namespace ecsward::notify
