// The module's mail against a server that says what it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <future>

#include "base/net.h"
#include "tests/unit/base/name_lookup.h"
#include "tests/unit/base/test_mail_server.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Outcome = tl::expected<void, Mailer::Failure>;
using Security = MailRequest::Security;

class NetMail : public testing::Test {
 protected:
  void SetUp() override {
    auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
    ASSERT_TRUE(network) << network.error().message;
    net_ = *network;
    ca_file_ = folder_.path() / "ca.pem";
    std::ofstream(ca_file_) << identity_.Pem();
  }
  void Start(MailManners manners) {
    server_ = std::make_unique<TestMailServer>(identity_, std::move(manners));
  }
  MailRequest Mail() const {
    MailRequest mail;
    mail.host = "mail.test";
    mail.port = server_->port();
    mail.hello = "host.test";
    mail.user = "eve";
    mail.password = Secret("sesame");
    mail.ca_file = ca_file_;
    mail.from = "ops@example.com";
    mail.to = {"a@example.com", "b@example.com"};
    mail.message = "Subject: x\r\n\r\n.dot\r\n..two\r\nend\r\n";
    return mail;
  }
  Outcome Send() const { return net_->Send(Mail()); }

  // The usual failure: nothing was taken.
  void ExpectRefused(const Outcome& outcome, int reply, const std::string& message,
                     ErrorCode code = ErrorCode::kIo) const {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reply, reply);
    EXPECT_EQ(outcome.error().net.stage, NetStage::kNotSent);
    EXPECT_EQ(outcome.error().net.error.code, code);
    EXPECT_EQ(outcome.error().net.error.message, message);
    EXPECT_THAT(server_->Messages(), IsEmpty());
  }

  const TestIdentity identity_{"mail.test"};
  TempFolder folder_;
  std::string ca_file_;
  std::unique_ptr<TestMailServer> server_;
  Network* net_ = nullptr;
};

TEST_F(NetMail, SendsOverStarttlsWithAPassword) {
  Start({});
  const Outcome sent = Send();
  ASSERT_TRUE(sent) << sent.error().net.error.message;
  EXPECT_THAT(server_->Messages(), ElementsAre("Subject: x\r\n\r\n..dot\r\n...two\r\nend\r\n"));
  const auto lines = server_->Lines();
  ASSERT_GE(lines.size(), 9U);
  EXPECT_EQ(lines[0], "EHLO host.test");
  EXPECT_EQ(lines[1], "STARTTLS");
  EXPECT_EQ(lines[2], "TLS EHLO host.test");
  EXPECT_THAT(lines[3], StartsWith("TLS AUTH "));
  EXPECT_THAT(lines, Contains(StartsWith("TLS MAIL FROM:<ops@example.com>")));
  EXPECT_THAT(lines, Contains("TLS RCPT TO:<a@example.com>"));
  EXPECT_THAT(lines, Contains("TLS RCPT TO:<b@example.com>"));
}

TEST_F(NetMail, SendsWhateverItsSize) {
  Start({});
  MailRequest mail = Mail();
  mail.message = "Subject: x\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) mail.message += std::to_string(i) + "\r\n";
  ASSERT_TRUE(net_->Send(mail));
  EXPECT_THAT(server_->Messages(), ElementsAre(mail.message));
}

TEST_F(NetMail, SpeaksLoginAndPlain) {
  for (const char* const mechanism : {"LOGIN", "PLAIN"}) {
    MailManners manners;
    manners.offers_auth = std::string("CRAM-MD5 ") + mechanism;
    Start(manners);
    EXPECT_TRUE(Send());
    EXPECT_THAT(server_->Lines(), Contains(std::string("TLS AUTH ") + mechanism));
  }
}

TEST_F(NetMail, SendsOverTlsFromTheStart) {
  MailManners manners;
  manners.tls_at_once = true;
  Start(manners);
  MailRequest mail = Mail();
  mail.security = Security::kTls;
  const Outcome sent = net_->Send(mail);
  ASSERT_TRUE(sent) << sent.error().net.error.message;
  EXPECT_EQ(server_->Lines().front(), "TLS EHLO host.test");
  EXPECT_EQ(server_->Messages().size(), 1U);
}

TEST_F(NetMail, SendsInTheOpenOnlyWhenAskedTo) {
  MailManners manners;
  Start(manners);
  MailRequest mail = Mail();
  mail.security = Security::kNone;
  mail.user.clear();
  ASSERT_TRUE(net_->Send(mail));
  EXPECT_THAT(server_->Lines(), Not(Contains(HasSubstr("AUTH"))));
  mail.user = "eve";
  ASSERT_TRUE(net_->Send(mail));
  EXPECT_THAT(server_->Lines(), Contains(StartsWith("AUTH ")));
  EXPECT_THAT(server_->Lines(), Not(Contains("STARTTLS")));
  EXPECT_EQ(server_->Messages().size(), 2U);
}

TEST_F(NetMail, WithoutStarttlsNothingIsSent) {
  MailManners manners;
  manners.offers_starttls = false;
  Start(manners);
  ExpectRefused(Send(), 0, "the server does not offer STARTTLS, without which nothing is sent");
  EXPECT_THAT(server_->Lines(), Not(Contains(HasSubstr("AUTH"))));
  EXPECT_THAT(server_->Lines(), Not(Contains(HasSubstr("MAIL"))));
}

TEST_F(NetMail, WithAnUntrustedCertificateNothingIsSent) {
  Start({});
  MailRequest mail = Mail();
  mail.ca_file.clear();
  ExpectRefused(net_->Send(mail), 0, "the certificate is signed by nobody who is trusted here",
                ErrorCode::kDenied);
  mail = Mail();
  mail.host = "other.test";
  ExpectRefused(net_->Send(mail), 0, "the certificate is for another host name",
                ErrorCode::kDenied);
  EXPECT_THAT(server_->Lines(), Not(Contains(StartsWith("TLS"))));
}

TEST_F(NetMail, TellsWhatTheServerRefused) {
  const auto with = [&](const std::string& line, const std::string& reply) {
    MailManners manners;
    manners.replies[line] = reply;
    Start(manners);
    return Send();
  };
  ExpectRefused(with("RCPT TO:<b@", "550 5.1.1 no such user"), 550,
                "the mail server refuses the recipient <b@example.com>: 550 5.1.1 no such user");
  ExpectRefused(with("RCPT TO:<a@", "451 later\x01\xC3\xA9"), 451,
                "the mail server refuses the recipient <a@example.com>: 451 later???");
  ExpectRefused(with("MAIL", "553 not you"), 553,
                "the mail server refuses the sender: 553 not you");
  ExpectRefused(with("DATA", "554 no"), 554, "the mail server refuses the message: 554 no");
  ExpectRefused(with("STARTTLS", "454 not now"), 454,
                "the mail server refuses STARTTLS: 454 not now");
  ExpectRefused(with("EHLO", "502 what"), 502, "the mail server refuses to talk: 502 what");
}

TEST_F(NetMail, ARefusedMessageWasNotTaken) {
  MailManners manners;
  manners.replies["."] = "554 5.7.1 spam";
  Start(manners);
  const Outcome outcome = Send();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reply, 554);
  EXPECT_EQ(outcome.error().net.stage, NetStage::kNotSent);
  EXPECT_EQ(outcome.error().net.error.message,
            "the mail server refuses the message: 554 5.7.1 spam");
}

TEST_F(NetMail, AServerThatIsBusySaysSo) {
  MailManners manners;
  manners.greeting = "421 too busy";
  Start(manners);
  ExpectRefused(Send(), 421, "the mail server refuses to talk: 421 too busy");
}

TEST_F(NetMail, AWrongPasswordIsNotRepeatedToAnybody) {
  for (const char* const mechanism : {"LOGIN", "PLAIN"}) {
    MailManners manners;
    manners.offers_auth = mechanism;
    manners.replies["AGV2ZQBzZXNhbWU="] = "535 5.7.8 AGV2ZQBzZXNhbWU= is wrong";
    manners.replies["c2VzYW1l"] = "535 5.7.8 c2VzYW1l is wrong";
    Start(manners);
    ExpectRefused(Send(), 535, "the mail server does not accept user and password (535)",
                  ErrorCode::kDenied);
  }
}

TEST_F(NetMail, AMessageWithoutAnAnswerMayBeThere) {
  for (const char* const manner : {"", "-"}) {  // hangs up, says nothing
    MailManners manners;
    manners.replies["."] = manner;
    Start(manners);
    MailRequest mail = Mail();
    mail.security = Security::kNone;
    mail.timeout = milliseconds(1000);
    const Outcome outcome = net_->Send(mail);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().net.stage, NetStage::kMaybeSent);
    EXPECT_EQ(outcome.error().reply, 0);
    EXPECT_EQ(outcome.error().net.error.code,
              *manner == '-' ? ErrorCode::kTimeout : ErrorCode::kIo);
  }
}

TEST_F(NetMail, BeforeTheMessageNothingIsThere) {
  for (const char* const line : {"EHLO", "MAIL", "RCPT", "DATA"}) {
    for (const char* const manner : {"", "-"}) {
      MailManners manners;
      manners.replies[line] = manner;
      Start(manners);
      MailRequest mail = Mail();
      mail.timeout = milliseconds(300);
      const Outcome outcome = net_->Send(mail);
      ASSERT_FALSE(outcome);
      EXPECT_EQ(outcome.error().net.stage, NetStage::kNotSent) << line << manner;
    }
  }
}

TEST_F(NetMail, SaysThatAServerIsSlow) {
  for (const char* const line : {"EHLO", "."}) {
    MailManners manners;
    manners.replies[line] = "-";
    Start(manners);
    MailRequest mail = Mail();
    mail.security = Security::kNone;
    mail.timeout = milliseconds(1000);
    const Outcome outcome = net_->Send(mail);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().net.error.code, ErrorCode::kTimeout);
    EXPECT_EQ(outcome.error().net.error.message, "no answer within 1 s");
  }
}

TEST_F(NetMail, TakesNoAnswerToItsFarewell) {
  MailManners manners;
  manners.replies["QUIT"] = "-";
  Start(manners);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(Send());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  server_->WaitForSilence();  // it was said
}

TEST_F(NetMail, CancelEndsAMailThatHangs) {
  for (const char* const line : {"MAIL", "."}) {
    SetUp();
    MailManners manners;
    manners.replies[line] = "-";
    Start(manners);
    auto outcome = std::async(std::launch::async, [&] { return Send(); });
    server_->WaitForSilence();
    const auto start = std::chrono::steady_clock::now();
    net_->Cancel();
    outcome.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
    const Outcome ended = outcome.get();
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().net.error.message, "given up, because the daemon ends");
    EXPECT_EQ(ended.error().net.stage, *line == '.' ? NetStage::kMaybeSent : NetStage::kNotSent);
  }
}

TEST_F(NetMail, CancelEndsAFarewellThatHangs) {
  MailManners manners;
  manners.replies["RCPT"] = "550 no";
  manners.replies["QUIT"] = "-";
  Start(manners);
  auto outcome = std::async(std::launch::async, [&] { return Send(); });
  server_->WaitForSilence();
  const auto start = std::chrono::steady_clock::now();
  net_->Cancel();
  outcome.wait();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  EXPECT_FALSE(outcome.get());
}

TEST_F(NetMail, ReachesNobody) {
  Start({});
  const ClosedPort closed;
  MailRequest mail = Mail();
  mail.port = closed.port();
  ExpectRefused(net_->Send(mail), 0, "connection refused");
  mail.host = "unknown.invalid";
  ExpectRefused(net_->Send(mail), 0, "the host name cannot be resolved", ErrorCode::kNotFound);
}

TEST_F(NetMail, RefusesWhatIsNoAddress) {
  Start({});
  const auto complaint = [&](const std::function<void(MailRequest&)>& spoil) {
    MailRequest mail = Mail();
    spoil(mail);
    const Outcome outcome = net_->Send(mail);
    if (outcome) return std::string("sent");
    EXPECT_EQ(outcome.error().net.error.code, ErrorCode::kInvalidArgument);
    return outcome.error().net.error.message;
  };
  EXPECT_EQ(complaint([](MailRequest& mail) { mail.host = "a/b"; }),
            "this is no host name of a mail server");
  EXPECT_EQ(complaint([](MailRequest& mail) { mail.host = ""; }),
            "this is no host name of a mail server");
  EXPECT_EQ(complaint([](MailRequest& mail) { mail.port = 0; }), "the mail server's port is 0");
  EXPECT_EQ(complaint([](MailRequest& mail) { mail.hello = "a\r\nb"; }),
            "this is no host name for EHLO");
  EXPECT_EQ(complaint([](MailRequest& mail) { mail.from = "a>\r\nDATA"; }),
            "the sender is no mail address");
  EXPECT_EQ(complaint([](MailRequest& mail) { mail.to.clear(); }), "there is no recipient");
  EXPECT_EQ(complaint([](MailRequest& mail) { mail.to[1] = "b@c\nx"; }),
            "a recipient is no mail address");
  EXPECT_THAT(server_->Lines(), IsEmpty());
}

}  // namespace
}  // namespace ecsward
