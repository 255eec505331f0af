#include "exporters/notify/channels/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/exporters/notify/channel_world.h"

namespace ecsward::notify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Outcome = Delivery::Outcome;

class Webhook : public testing::Test {
 protected:
  Delivery Send(const Notification& notification, SettingTexts texts = {}) {
    texts.insert(texts.begin(), {"url", "https://hooks.example.com/in/s3cr3t-1"});
    return world_.Make("webhook", texts)->Send(notification, {});
  }

  FakeChannelWorld world_;
};

TEST_F(Webhook, SendsAlertmanagersJson) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull"), ResolvedAlert("CpuBusy")});
  EXPECT_EQ(Send(notification).outcome, Outcome::kDelivered);
  EXPECT_EQ(world_.LastRequest().body,
            WebhookJson(notification, notification.groups.front(), "https://ops.example.com"));
  EXPECT_EQ(world_.LastRequest().url.Reveal(), "https://hooks.example.com/in/s3cr3t-1");
}

TEST_F(Webhook, TellsTheNotificationsId) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}));
  EXPECT_EQ(HeaderOf(world_.LastRequest(), "X-Ecsward-Notification-Id"), "0123456789abcdef");
}

TEST_F(Webhook, SendsADigestAsOneGroup) {
  Notification notification = NoticeOf({FiringAlert("DiskFull")});
  notification.groups.push_back(NoticeOf({FiringAlert("CpuBusy")}).groups.front());
  (void)Send(notification);
  EXPECT_EQ(world_.http.Count(), 1u);
  EXPECT_EQ(world_.LastBody()["groupKey"],
            "{}:{alertname=\"DiskFull\"} + {}:{alertname=\"CpuBusy\"}");
}

TEST_F(Webhook, LeavesOutAlertsAndSaysHowMany) {
  (void)Send(BigNotice(5), {{"max_alerts", "2"}});
  EXPECT_EQ(world_.LastBody()["truncatedAlerts"], 3);
  EXPECT_EQ(world_.LastBody()["alerts"].size(), 2u);
  (void)Send(BigNotice(2), {{"max_alerts", "2"}});
  EXPECT_EQ(world_.LastBody()["truncatedAlerts"], 0);
}

TEST_F(Webhook, SendsABodyOfOnesOwn) {
  EXPECT_EQ(Send(NoticeOf({FiringAlert("DiskFull")}),
                 {{"body", "to {{ .Receiver }}"}, {"content_type", "text/plain"}})
                .problem,
            "");
  EXPECT_EQ(world_.LastRequest().body, "to ops");
  EXPECT_EQ(HeaderOf(world_.LastRequest(), "Content-Type"), "text/plain");
}

TEST_F(Webhook, SendsTheUsualBodyWhenOnesOwnFails) {
  const Notification notification = NoticeOf({FiringAlert("DiskFull")});
  const Delivery delivery = Send(notification, {{"body", R"({{ template "nothing" . }}fail)"},
                                                {"content_type", "text/plain"}});
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.reason, "template");
  EXPECT_THAT(delivery.problem, HasSubstr("body: "));
  EXPECT_EQ(world_.LastBody()["version"], "4");
  EXPECT_THAT(HeaderOf(world_.LastRequest(), "Content-Type"), HasSubstr("application/json"));
  EXPECT_THAT(HeaderOf(world_.LastRequest(), "X-Ecsward-Template-Error"), HasSubstr("body: "));
}

TEST_F(Webhook, AddsHeaders) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"headers", "X-Team=for {{ .Receiver }}"}});
  EXPECT_EQ(HeaderOf(world_.LastRequest(), "X-Team"), "for ops");
}

TEST_F(Webhook, LetsNoLineBreakIntoAHeader) {
  (void)Send(NoticeOf({FiringAlert("DiskFull")}), {{"headers", "X-Team=a\r\nX-Evil: b"}});
  EXPECT_EQ(HeaderOf(world_.LastRequest(), "X-Team"), "a X-Evil: b");
}

TEST_F(Webhook, LeavesOutAHeaderWhoseTemplateFails) {
  const Delivery delivery =
      Send(NoticeOf({FiringAlert("A")}), {{"headers", "X-Team={{ template \"nothing\" . }}fail"}});
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_THAT(delivery.problem, HasSubstr("headers.X-Team: "));
  EXPECT_EQ(HeaderOf(world_.LastRequest(), "X-Team"), "");
}

TEST_F(Webhook, ShowsNoHeaderThatAnAnswerRepeats) {
  world_.http.Answer(403, "bad token hunter22");
  EXPECT_THAT(Send(NoticeOf({FiringAlert("A")}), {{"headers", "X-Token=hunter22"}}).problem,
              Not(HasSubstr("hunter22")));
}

TEST_F(Webhook, ChecksHeaderNames) {
  const auto problems = [](const char* header) {
    return ProblemsOf("webhook", {{"headers", header}});
  };
  EXPECT_THAT(problems("X-Team=a"), IsEmpty());
  EXPECT_THAT(problems("X Team=a"), ElementsAre(HasSubstr("no header can have")));
  EXPECT_THAT(problems("=a"), ElementsAre(HasSubstr("no header can have")));
  EXPECT_THAT(problems("content-length=1"), ElementsAre(HasSubstr("is set already")));
  EXPECT_THAT(problems("x-ecsward-notification-id=1"), ElementsAre(HasSubstr("is set already")));
  EXPECT_THAT(problems("content-type=a/b"), ElementsAre(HasSubstr("content_type")));
}

TEST_F(Webhook, AuthenticatesAsToldTo) {
  const Notification notification = NoticeOf({FiringAlert("A")});
  (void)Send(notification, {{"http_config.basic_auth.username", "u"},
                            {"http_config.basic_auth.password", "p4ssw0rd"}});
  EXPECT_EQ(world_.LastRequest().user, "u");
  EXPECT_EQ(world_.LastRequest().password_or_token, "p4ssw0rd");
  (void)Send(notification, {{"http_config.authorization.credentials", "t0k3n"}});
  EXPECT_EQ(world_.LastRequest().user, "");
  EXPECT_EQ(world_.LastRequest().password_or_token, "t0k3n");
  (void)Send(notification, {{"http_config.authorization.type", "Token"},
                            {"http_config.authorization.credentials", "t0k3n"}});
  EXPECT_EQ(HeaderOf(world_.LastRequest(), "Authorization"), "Token t0k3n");
  EXPECT_EQ(world_.LastRequest().password_or_token, "");
}

TEST_F(Webhook, ShowsNoPassword) {
  world_.http.Answer(401, "p4ssw0rd dTpwNHNzdzByZA==");  // base64 of u:p4ssw0rd
  const Delivery delivery = Send(
      NoticeOf({FiringAlert("A")}),
      {{"http_config.basic_auth.username", "u"}, {"http_config.basic_auth.password", "p4ssw0rd"}});
  EXPECT_EQ(delivery.problem, "answered 401: <redacted> <redacted>");
}

TEST_F(Webhook, ReadsAlertmanagersHttpConfig) {
  (void)Send(NoticeOf({FiringAlert("A")}), {{"http_config.tls_config.ca_file", "/ca.pem"},
                                            {"http_config.proxy_url", "http://proxy:1"},
                                            {"http_config.follow_redirects", "true"}});
  EXPECT_EQ(world_.LastRequest().ca_file, "/ca.pem");
  EXPECT_EQ(world_.LastRequest().proxy_url, "http://proxy:1");
}

}  // namespace
}  // namespace ecsward::notify
