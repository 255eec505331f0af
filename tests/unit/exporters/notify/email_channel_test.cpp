#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/net.h"
#include "exporters/notify/channels/email.h"
#include "tests/unit/exporters/notify/vendor_world.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;
using Security = MailRequest::Security;
using testing::HasSubstr;
using testing::Not;
using Texts = std::vector<std::string>;

constexpr Attempt kFirst{1, false};

VendorSettings Usual() {
  return VendorSettings(kEmailChannel)
      .List("to", {"a@example.com"})
      .Text("from", "值班 <ops@example.com>")
      .Text("smarthost", "smtp.example.com:587");
}

// What was sent; with `settings`, of one notification.
MailRequest Sent(const VendorSettings& settings, const Notification& notification = DiskFull()) {
  VendorWorld world;
  EXPECT_EQ(world.Make(kEmailChannel, settings)->Send(notification, kFirst).outcome,
            Outcome::kDelivered);
  return world.mailer.Mails().at(0);
}

// A header with what it was folded into, as it stands in the message.
std::string Header(const std::string& message, const std::string& name) {
  const auto begin = message.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return "";
  auto end = message.find("\r\n", begin + 2);
  while (message.compare(end, 3, "\r\n ") == 0) end = message.find("\r\n", end + 2);
  return message.substr(begin + name.size() + 4, end - begin - name.size() - 4);
}

TEST(EmailChannel, SpeaksToTheRelayAsItIsTold) {
  const MailRequest mail = Sent(Usual()
                                    .List("to", {"a@example.com", "B <b@x.example>, c@x.example"})
                                    .Text("hello", "web-1.example.com")
                                    .Text("auth_username", "ops")
                                    .Text("auth_password", "hunter2")
                                    .Text("tls_config.ca_file", "/etc/ca.pem")
                                    .Text("timeout", "5s"));
  EXPECT_EQ(mail.host, "smtp.example.com");
  EXPECT_EQ(mail.port, 587);
  EXPECT_EQ(mail.security, Security::kStartTls);
  EXPECT_EQ(mail.hello, "web-1.example.com");
  EXPECT_EQ(mail.user, "ops");
  EXPECT_EQ(mail.password.Reveal(), "hunter2");
  EXPECT_EQ(mail.ca_file, "/etc/ca.pem");
  EXPECT_EQ(mail.from, "ops@example.com");
  EXPECT_EQ(mail.to, (Texts{"a@example.com", "b@x.example", "c@x.example"}));
  EXPECT_EQ(mail.timeout, std::chrono::seconds(5));
  EXPECT_EQ(Header("\r\n" + mail.message, "To"), "a@example.com, B <b@x.example>, c@x.example");
}

TEST(EmailChannel, ChoosesTheSecurityByPortAndSetting) {
  EXPECT_EQ(Sent(Usual().Text("smarthost", "smtp.example.com:465")).security, Security::kTls);
  EXPECT_EQ(
      Sent(Usual().Text("smarthost", "smtp.example.com:465").Text("require_tls", "false")).security,
      Security::kTls);
  EXPECT_EQ(Sent(Usual().Text("require_tls", "false")).security, Security::kNone);
  EXPECT_EQ(Sent(Usual().Text("smarthost", "[2001:db8::1]:25")).host, "2001:db8::1");
}

TEST(EmailChannel, WritesBuiltInTexts) {
  const MailRequest mail = Sent(Usual());
  const VendorWorld world;
  const Notification notification = DiskFull();
  EXPECT_THAT(mail.message, HasSubstr("Content-Type: text/plain"));
  EXPECT_THAT(mail.message, HasSubstr("Content-Type: text/html"));
  EXPECT_THAT(Header(mail.message, "Subject"), HasSubstr("=?UTF-8?B?"));
  EXPECT_EQ(Header(mail.message, "Date"), "Tue, 14 Nov 2023 22:13:20 +0000");
  EXPECT_EQ(Header(mail.message, "Message-ID"), "<0123456789abcdef@example.com>");
  EXPECT_EQ(Header(mail.message, "Auto-Submitted"), "auto-generated");
}

TEST(EmailChannel, WritesTheUsersTexts) {
  const MailRequest mail = Sent(
      Usual()
          .Text("subject", "{{ .CommonLabels.alertname }} on {{ .CommonLabels.hostname }}")
          .Text("text", "plain {{ len .Alerts }}")
          .Text("html", "")
          .Map("headers", {{"Reply-To", "noc@example.com"}, {"X-Empty", "{{ .CommonLabels.x }}"}}));
  EXPECT_EQ(Header(mail.message, "Subject"), "DiskFull on web-1");
  EXPECT_EQ(Header(mail.message, "Reply-To"), "noc@example.com");
  EXPECT_THAT(mail.message, Not(HasSubstr("X-Empty")));
  EXPECT_THAT(mail.message, Not(HasSubstr("text/html")));
  EXPECT_THAT(mail.message, HasSubstr(Base64("plain 1")));
}

TEST(EmailChannel, TakesWhatStandsInLabelsForNoHtml) {
  Notification notification = DiskFull();
  Set(notification.groups.front().alerts.front().labels, "alertname", "<script>");
  const MailRequest mail =
      Sent(Usual().Text("html", "<b>{{ (index .Alerts 0).Labels.alertname }}</b>"), notification);
  EXPECT_THAT(mail.message, HasSubstr(Base64("<b>&lt;script&gt;</b>")));
}

TEST(EmailChannel, TakesTheSubjectFromTheHeadersAsAlertmanagerDoes) {
  const MailRequest mail =
      Sent(Usual().Text("subject", "no").Map("headers", {{"SUBJECT", "{{ .Status }}!"}}));
  EXPECT_EQ(Header(mail.message, "Subject"), "firing!");
  EXPECT_THAT(mail.message, Not(HasSubstr("SUBJECT")));
}

TEST(EmailChannel, SendsATextEvenWhenTemplatesMakeNone) {
  const MailRequest mail = Sent(Usual().Text("html", "").Text("text", "{{ .CommonLabels.none }}"));
  EXPECT_THAT(mail.message, HasSubstr("text/plain"));
  EXPECT_THAT(mail.message, Not(HasSubstr("base64\r\n\r\n\r\n")));
}

TEST(EmailChannel, SendsTheBuiltInTextWhereATemplateFails) {
  VendorWorld world;
  auto settings = Usual()
                      .Text("subject", "{{ template \"nobody\" . }}")
                      .Map("headers", {{"X-Team", "{{ template \"nobody\" . }}"}});
  const Delivery delivery = world.Make(kEmailChannel, settings)->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.reason, "template");
  EXPECT_THAT(delivery.problem, HasSubstr("X-Team: "));
  const std::string message = world.mailer.Mails().at(0).message;
  EXPECT_EQ(Header(message, "Subject"), Header(Sent(Usual()).message, "Subject"));
  EXPECT_THAT(message, Not(HasSubstr("X-Team")));
}

TEST(EmailChannel, LetsNoLabelWriteHeaders) {
  Notification hostile = DiskFull("id>\r\nBcc: a@evil.example");
  LabelPairs& labels = hostile.groups.front().alerts.front().labels;
  Set(labels, "team", "x\r\nBcc: b@evil.example\r\n\r\nbody");
  Set(labels, "alertname", "y\nBcc: c@evil.example");
  const MailRequest mail = Sent(Usual()
                                    .Text("subject", "{{ .CommonLabels.team }}")
                                    .Map("headers", {{"X-Team", "{{ .CommonLabels.team }}"}}),
                                hostile);
  EXPECT_THAT(mail.message, Not(HasSubstr("\nBcc:")));
  EXPECT_EQ(Header(mail.message, "X-Team"), "x Bcc: b@evil.example body");
  EXPECT_EQ(mail.to, Texts{"a@example.com"});
}

TEST(EmailChannel, PutsMailsOfAGroupBelowEachOther) {
  Notification resolved = DiskFull("another");
  resolved.groups.front().alerts.front().ends_at_ms = 1'699'999'999'000;
  const std::string first = Sent(Usual()).message;
  const std::string second = Sent(Usual(), resolved).message;
  const std::string thread = Header(first, "In-Reply-To");
  EXPECT_THAT(thread, testing::MatchesRegex("<group-[0-9a-f]+@example.com>"));
  EXPECT_EQ(Header(first, "References"), thread);
  EXPECT_EQ(Header(second, "In-Reply-To"), thread);
  EXPECT_NE(Header(first, "Message-ID"), Header(second, "Message-ID"));
}

TEST(EmailChannel, TellsGroupsAndHostsApartInThreads) {
  const std::string thread = Header(Sent(Usual()).message, "References");
  Notification other_host = DiskFull();
  Set(other_host.groups.front().alerts.front().labels, "hostname", "web-2");
  EXPECT_NE(Header(Sent(Usual(), other_host).message, "References"), thread);
  Notification other_group = DiskFull();
  other_group.groups.front().group_key = "{}:{alertname=\"CpuBusy\"}";
  EXPECT_NE(Header(Sent(Usual(), other_group).message, "References"), thread);
}

TEST(EmailChannel, PutsADigestOfSeveralGroupsBelowNothing) {
  Notification digest = DiskFull();
  digest.groups.push_back(digest.groups.front());
  EXPECT_NE(Header(Sent(Usual(), digest).message, "References"), "");  // twice the same group
  digest.groups.back().group_key = "{}:{alertname=\"CpuBusy\"}";
  EXPECT_EQ(Header(Sent(Usual(), digest).message, "References"), "");
  EXPECT_EQ(Header(Sent(Usual().Text("threads", "none")).message, "References"), "");
}

TEST(EmailChannel, JudgesTheRelaysReply) {
  struct Case {
    int reply;
    ErrorCode code;
    Outcome outcome;
    const char* reason;
  };
  for (const Case& one : {Case{450, ErrorCode::kIo, Outcome::kRetry, "smtp"},
                          Case{454, ErrorCode::kDenied, Outcome::kRetry, "credentials"},
                          Case{499, ErrorCode::kIo, Outcome::kRetry, "smtp"},
                          Case{500, ErrorCode::kIo, Outcome::kRefused, "smtp"},
                          Case{550, ErrorCode::kIo, Outcome::kRefused, "smtp"},
                          Case{530, ErrorCode::kIo, Outcome::kRefused, "credentials"},
                          Case{535, ErrorCode::kIo, Outcome::kRefused, "credentials"},
                          Case{504, ErrorCode::kDenied, Outcome::kRefused, "credentials"}}) {
    VendorWorld world;
    world.mailer.Fail(NetStage::kNotSent, one.code, "said\nso", one.reply);
    const Delivery delivery = world.Make(kEmailChannel, Usual())->Send(DiskFull(), kFirst);
    EXPECT_EQ(delivery.outcome, one.outcome) << one.reply;
    EXPECT_EQ(delivery.reason, one.reason) << one.reply;
    EXPECT_EQ(delivery.problem, "said so");
    EXPECT_EQ(world.mailer.Mails().size(), 1u);
  }
}

TEST(EmailChannel, JudgesARelayThatDoesNotAnswer) {
  struct Case {
    NetStage stage;
    ErrorCode code;
    Outcome outcome;
    const char* reason;
  };
  for (const Case& one :
       {Case{NetStage::kNotSent, ErrorCode::kIo, Outcome::kRetry, "connect"},
        Case{NetStage::kNotSent, ErrorCode::kNotFound, Outcome::kRetry, "dns"},
        Case{NetStage::kNotSent, ErrorCode::kDenied, Outcome::kRetry, "tls"},
        Case{NetStage::kNotSent, ErrorCode::kTimeout, Outcome::kRetry, "timeout"},
        Case{NetStage::kNotSent, ErrorCode::kInvalidArgument, Outcome::kRefused, "url"},
        Case{NetStage::kMaybeSent, ErrorCode::kTimeout, Outcome::kUnclear, "timeout"},
        Case{NetStage::kMaybeSent, ErrorCode::kIo, Outcome::kUnclear, "no_answer"}}) {
    VendorWorld world;
    world.mailer.Fail(one.stage, one.code, "why");
    const Delivery delivery = world.Make(kEmailChannel, Usual())->Send(DiskFull(), kFirst);
    EXPECT_EQ(delivery.outcome, one.outcome) << one.reason;
    EXPECT_EQ(delivery.reason, one.reason);
  }
}

TEST(EmailChannel, LetsARefusedAddressCostTheOthersNothing) {
  VendorWorld world;
  world.mailer.Otherwise([](const MailRequest& mail) -> MailOutcome {
    if (std::find(mail.to.begin(), mail.to.end(), "gone@example.com") == mail.to.end()) return {};
    return tl::unexpected(Mailer::Failure{
        {NetStage::kNotSent, Fail(ErrorCode::kIo, "refuses <gone@example.com>")}, 550});
  });
  auto settings = Usual().List("to", {"a@example.com", "gone@example.com", "b@example.com"});
  const Delivery delivery = world.Make(kEmailChannel, settings)->Send(DiskFull(), kFirst);
  EXPECT_EQ(delivery.outcome, Outcome::kDelivered);
  EXPECT_EQ(delivery.problem, "refuses <gone@example.com>");
  ASSERT_EQ(world.mailer.Mails().size(), 4u);
  EXPECT_EQ(world.mailer.Mails()[3].to, Texts{"b@example.com"});
  EXPECT_EQ(world.mailer.Mails()[3].message, world.mailer.Mails()[0].message);
}

TEST(EmailChannel, TriesAgainOnlyWhomItHasNotReached) {
  VendorWorld world;
  bool busy = true;
  world.mailer.Otherwise([&](const MailRequest& mail) -> MailOutcome {
    const auto fail = [](int reply) -> MailOutcome {
      return tl::unexpected(
          Mailer::Failure{{NetStage::kNotSent, Fail(ErrorCode::kIo, "said")}, reply});
    };
    if (mail.to.size() > 1) return fail(550);
    return busy && mail.to.front() == "b@example.com" ? fail(451) : MailOutcome();
  });
  auto settings = Usual().List("to", {"a@example.com", "b@example.com"});
  const auto channel = world.Make(kEmailChannel, settings);
  EXPECT_EQ(channel->Send(DiskFull(), kFirst).outcome, Outcome::kRetry);
  busy = false;
  EXPECT_EQ(channel->Send(DiskFull(), {2, false}).outcome, Outcome::kDelivered);
  EXPECT_EQ(world.mailer.Mails().back().to, Texts{"b@example.com"});
  EXPECT_EQ(world.mailer.Mails().size(), 4u);
  // Another notification is for all of them.
  channel->Send(DiskFull("next"), kFirst);
  EXPECT_EQ(world.mailer.Mails()[4].to, (Texts{"a@example.com", "b@example.com"}));
}

TEST(EmailSettings, AreChecked) {
  EXPECT_TRUE(Usual().Problems().empty());
  for (const char* bad :
       {"", "smtp.example.com", "smtp.example.com:", "smtp.example.com:0", "smtp.example.com:65536",
        "smtp.example.com:25x", ":25", "a b:25", "[::1:25", "[x]:25", "user@h:25", "smtp://h:25"}) {
    EXPECT_EQ(Usual().Problem("smarthost", bad),
              "want the relay's host and port, such as \"smtp.example.com:587\"")
        << bad;
  }
  EXPECT_EQ(Usual().Problem("smarthost", "[::1]:25"), "");
  EXPECT_NE(Usual().Problem("to", "a@example.com\r\nRCPT TO:<b@evil.example>"), "");
  EXPECT_NE(Usual().Problem("from", "nobody"), "");
  EXPECT_NE(Usual().Problem("hello", "a b"), "");
  EXPECT_NE(Usual().Problem("threads", "day"), "");
  EXPECT_EQ(Usual().Map("headers", {{"Bcc", "x"}}).Problems(),
            Texts{"headers: the header Bcc is what `to` says"});
}

TEST(EmailSettings, SendNoPasswordWhereItCanBeRead) {
  auto settings = Usual().Text("auth_username", "ops");
  EXPECT_EQ(settings.Problems(),
            Texts{"auth_username: want auth_password or auth_password_file as well"});
  settings.Text("auth_password", "hunter2");
  EXPECT_TRUE(settings.Problems().empty());
  settings.Text("require_tls", "false");
  EXPECT_EQ(settings.Problems(),
            Texts{"require_tls: without TLS the password would be readable on the way"});
  EXPECT_TRUE(settings.Text("smarthost", "127.0.0.1:25").Problems().empty());
  EXPECT_TRUE(settings.Text("smarthost", "smtp.example.com:465").Problems().empty());
}

TEST(EmailSpec, LeavesResolvedAlertsOutAsAlertmanagerDoes) {
  EXPECT_FALSE(kEmailChannel.send_resolved);
  EXPECT_FALSE(kEmailChannel.costs_money);
}

}  // namespace
}  // namespace ecsward::notify
