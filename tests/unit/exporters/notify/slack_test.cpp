#include "exporters/notify/channels/slack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using Outcome = Delivery::Outcome;

constexpr char kUrl[] = "https://hooks.slack.com/services/T0001/B0001/abcdefghijkl";

class Slack : public testing::Test {
 protected:
  Delivery Send(const Notification& notification, SettingTexts texts = {}) {
    texts.insert(texts.begin(), {"api_url", kUrl});
    return world_.Make("slack", texts)->Send(notification, {});
  }
  Delivery After(const std::string& answer) {
    world_.http.Answer(200, answer);
    return Send(NoticeOf({FiringAlert("DiskFull")}));
  }

  FakeChannelWorld world_{"en"};
};

TEST_F(Slack, SendsTheTitleAndAnAttachment) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull")});
  (void)Send(notification);
  const std::string title = world_.content.Title(notification, {0, 300});
  const Json attachment = {
      {"color", "danger"},
      {"fallback", title},
      {"text", world_.content.Body(notification, TextStyle::kSlack, {0, 8'000})},
      {"mrkdwn_in", Json::array({"text"})}};
  EXPECT_EQ(world_.LastRequest().body, Json({{"text", EscapeText(title, TextStyle::kSlack)},
                                             {"mrkdwn", true},
                                             {"attachments", Json::array({attachment})}})
                                           .dump());
  EXPECT_EQ(world_.LastRequest().url.Reveal(), kUrl);
}

TEST_F(Slack, SaysWhoAndWhere) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"channel", "#{{ .Receiver }}"},
                                                   {"username", "ecsward"},
                                                   {"icon_emoji", ":fire:"},
                                                   {"title", "t"},
                                                   {"title_link", "https://ops.example.com"},
                                                   {"mrkdwn", "false"}});
  const Json body = world_.LastBody();
  EXPECT_EQ(body["channel"], "#ops");
  EXPECT_EQ(body["username"], "ecsward");
  EXPECT_EQ(body["icon_emoji"], ":fire:");
  EXPECT_EQ(body["text"], "<https://ops.example.com|t>");
  EXPECT_EQ(body["mrkdwn"], false);
  EXPECT_FALSE(body["attachments"][0].contains("mrkdwn_in"));
}

TEST_F(Slack, EscapesTheDefaultTitleOnly) {
  NotifiedAlert alert = FiringAlert("a");
  alert.annotations = {{"summary", "a<!here>&b"}};
  (void)Send(NoticeOf({alert}));
  EXPECT_THAT(world_.LastBody()["text"].get<std::string>(), HasSubstr("a&lt;!here&gt;&amp;b"));
  (void)Send(NoticeOf({FiringAlert("a")}), {{"title", "<!here> & now"}});
  EXPECT_EQ(world_.LastBody()["text"], "<!here> & now");
}

TEST_F(Slack, ColoursByTheState) {
  const auto colour = [&](const Notification& notification) {
    (void)Send(notification);
    return world_.LastBody()["attachments"][0]["color"];
  };
  EXPECT_EQ(colour(NoticeOf({ResolvedAlert("A")})), "good");
  Notification drill = NoticeOf({FiringAlert("A")});
  drill.kind = NoticeKind::kDrill;
  EXPECT_EQ(colour(drill), "#3aa3e3");
}

TEST_F(Slack, CutsByCharacter) {
  (void)Send(BigNotice(500), {{"max_characters", "200"}});
  EXPECT_LE(CountCharacters(world_.LastBody()["attachments"][0]["text"].get<std::string>()), 200u);
}

TEST_F(Slack, KnowsTheFormsOfSuccess) {
  for (const char* body : {"ok", "ok\n", R"({"ok":true})", R"({"success":true})"}) {
    EXPECT_EQ(After(body).outcome, Outcome::kDelivered) << body;
  }
}

TEST_F(Slack, TellsWhatTheApiSays) {
  const Delivery never = After(R"({"ok":false,"error":"channel_not_found"})");
  EXPECT_EQ(never.outcome, Outcome::kRefused);
  EXPECT_EQ(never.reason, "api_code");
  EXPECT_THAT(never.problem, EndsWith("channel_not_found"));
  const Delivery later = After(R"({"ok":false,"error":"internal_error"})");
  EXPECT_EQ(later.outcome, Outcome::kRetry);
  EXPECT_EQ(later.reason, "api_code");
  EXPECT_EQ(After(R"({"ok":false,"error":"ratelimited"})").reason, "rate_limited");
}

TEST_F(Slack, LeavesOutASmallTemplateThatFails) {
  world_.http.Answer(200, "ok");
  const Delivery delivery =
      Send(NoticeOf({FiringAlert("A")}), {{"channel", R"({{ template "nothing" . }}fail)"}});
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.reason, "template");
  EXPECT_THAT(delivery.problem, HasSubstr("channel: "));
  EXPECT_FALSE(world_.LastBody().contains("channel"));
}

TEST_F(Slack, TellsABrokenTextInEnglish) {
  (void)Send(NoticeOf({FiringAlert("A")}), {{"text", R"({{ template "nothing" . }}fail)"}});
  EXPECT_THAT(world_.LastBody()["attachments"][0]["text"].get<std::string>(),
              HasSubstr("A template failed"));
}

TEST_F(Slack, MaySendWithABotsToken) {
  (void)Send(NoticeOf({FiringAlert("A")}), {{"http_config.authorization.credentials", "xoxb-1"}});
  EXPECT_EQ(world_.LastRequest().password_or_token, "xoxb-1");
  EXPECT_EQ(world_.LastRequest().user, "");
}

}  // namespace
}  // namespace ecsward::notify
