// Mail, SMS, voice, DirectMail and commands as they stand in a configuration.
#include <gtest/gtest.h>

#include "exporters/notify/channels/email.h"
#include "tests/unit/exporters/notify/config_world.h"
#include "tests/unit/exporters/notify/vendor_world.h"

namespace ecsward::notify {
namespace {

// With the real list of kinds.
ParsedNotify Parsed(const std::string& yaml, const ConfigFiles* files) {
  return ParseNotify(YAML::Load(yaml), files);
}

std::string Problems(const std::string& receiver, const ConfigFiles* files = nullptr) {
  std::string all;
  const std::string yaml =
      "route: {receiver: ops}\nreceivers:\n  - name: ops\n    " + receiver + "\n";
  for (const NotifyProblem& problem : Parsed(yaml, files).problems) {
    all += problem.key + ": " + problem.message + "\n";
  }
  return all;
}

TEST(EmailConfig, IsAlertmanagers) {
  FakeConfigFiles files;
  files.files = {{"smtp.password", "hunter2"}, {"ca.pem", "-----BEGIN CERTIFICATE-----"}};
  const ParsedNotify parsed = Parsed(R"(
global: {smtp_smarthost: "smtp.example.com:587", smtp_from: "值班 <ops@example.com>",
         smtp_auth_username: ops, smtp_auth_password_file: smtp.password, smtp_hello: web-1}
route: {receiver: ops}
receivers:
  - name: ops
    email_configs:
      - to: "a@example.com, Ops <b@example.com>"
        headers: {Subject: "{{ .Status }}", Reply-To: noc@example.com}
        html: ""
        tls_config: {ca_file: ca.pem}
)",
                                     &files);
  for (const NotifyProblem& problem : parsed.problems) ADD_FAILURE() << problem.message;
  const ChannelConfig& channel = parsed.config.Find("ops")->channels.at(0);
  EXPECT_FALSE(channel.send_resolved);
  VendorWorld world;
  channel.spec->make(channel.settings, world.world())->Send(DiskFull(), {});
  const MailRequest mail = world.mailer.Mails().at(0);
  EXPECT_EQ(mail.host, "smtp.example.com");
  EXPECT_EQ(mail.user, "ops");
  EXPECT_EQ(mail.password.Reveal(), "hunter2");
  EXPECT_EQ(mail.ca_file, "/etc/ecsward/ca.pem");
  EXPECT_EQ(mail.hello, "web-1");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"a@example.com", "b@example.com"}));
  EXPECT_NE(mail.message.find("Subject: firing\r\n"), std::string::npos);
  EXPECT_EQ(mail.message.find("text/html"), std::string::npos);
}

TEST(EmailConfig, TakesAPasswordFileThatNobodyLooksAt) {
  EXPECT_EQ(Problems("email_configs: [{to: a@x.example, from: b@x.example, smarthost: \"h:25\", "
                     "auth_username: u, auth_password_file: f}]"),
            "");
}

TEST(EmailConfig, NamesWhatIsWrong) {
  EXPECT_EQ(
      Problems("email_configs: [{to: nobody, from: b@x.example, smarthost: h}]"),
      "alerting.receivers[0].email_configs[0].to: want an address such as "
      "\"ops@example.com\" or \"Ops <ops@example.com>\", got \"nobody\"\n"
      "alerting.receivers[0].email_configs[0].smarthost: want the relay's host and port, such "
      "as \"smtp.example.com:587\"\n");
}

TEST(SmsConfig, IsTakenAndChecked) {
  EXPECT_EQ(
      Problems("sms_configs: [{phone_numbers: [\"13900000000\", \"+85260000000\"], sign_name: "
               "某某运维, template_code: SMS_1, template_params: {name: '{{ .Status }}'}}]"),
      "");
  const std::string wrong =
      Problems("sms_configs: [{phone_numbers: [\"1390\"], sign_name: x, template_code: y}]");
  EXPECT_NE(wrong.find("sms_configs[0].phone_numbers"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("got \"1390\""), std::string::npos) << wrong;
}

TEST(VoiceConfig, IsTaken) {
  EXPECT_EQ(Problems("voice_configs: [{called_number: [\"0571-88888888\"], tts_code: TTS_1, "
                     "play_times: 2, tts_params: {name: x}}]"),
            "");
}

TEST(DirectmailConfig, IsTaken) {
  EXPECT_EQ(Problems("directmail_configs: [{to: [a@x.example], account_name: ops@x.example, "
                     "from_alias: 某某运维, region: cn-hangzhou}]"),
            "");
}

TEST(ExecConfig, WantsAnAbsolutePath) {
  EXPECT_EQ(Problems("exec_configs: [{command: [/usr/local/bin/notify, --all], timeout: 5s}]"), "");
  EXPECT_NE(Problems("exec_configs: [{command: [notify]}]"), "");
  EXPECT_NE(Problems("exec_configs: [{}]"), "");
}

}  // namespace
}  // namespace ecsward::notify
