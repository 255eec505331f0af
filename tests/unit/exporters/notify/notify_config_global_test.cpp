// What is global, templates, the heartbeat.
#include <gtest/gtest.h>

#include "exporters/notify/notify_config.h"
#include "tests/unit/exporters/notify/config_world.h"

namespace ecsward::notify {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kRoute = "route: {receiver: ops}\n";

TEST(NotifyGlobal, GivesDefaultsToChannels) {
  ConfigWorld world;
  world.files.files = {{"pw", "hush"}};
  const auto parsed =
      world.Parse(std::string(kRoute) +
                  "global:\n"
                  "  resolve_timeout: 10m\n"
                  "  smtp_smarthost: mail:587\n"
                  "  smtp_from: a@b\n"
                  "  smtp_auth_username: u\n"
                  "  smtp_auth_password_file: pw\n"
                  "  smtp_require_tls: false\n"
                  "  slack_api_url: https://slack.test/x\n"
                  "  http_config: {proxy_url: http://p}\n"
                  "receivers:\n"
                  "  - name: ops\n"
                  "    email_configs: [{to: x@y}, {to: x@y, from: c@d, require_tls: true}]\n"
                  "    slack_configs: [{}]\n"
                  "    chat_configs: [{url: http://x}, {url: http://x, http_config: {basic_auth: "
                  "{username: u}}}]\n");
  ASSERT_TRUE(parsed.problems.empty()) << parsed.problems[0].message;
  EXPECT_EQ(parsed.config.resolve_timeout, minutes(10));
  const auto& channels = parsed.config.receivers[0].channels;
  ASSERT_EQ(channels.size(), 5u);
  EXPECT_EQ(channels[0].settings.Text("smarthost"), "mail:587");
  EXPECT_EQ(channels[0].settings.Text("from"), "a@b");
  EXPECT_EQ(channels[0].settings.SecretOf("auth_password").Reveal(), "hush");
  EXPECT_FALSE(channels[0].settings.Flag("require_tls"));
  EXPECT_FALSE(channels[0].send_resolved);
  EXPECT_EQ(channels[1].settings.Text("from"), "c@d");
  EXPECT_TRUE(channels[1].settings.Flag("require_tls"));
  EXPECT_EQ(channels[2].settings.SecretOf("api_url").Reveal(), "https://slack.test/x");
  EXPECT_EQ(channels[3].settings.Text("http_config.proxy_url"), "http://p");
  // An http_config of one's own stands in the global one's place.
  EXPECT_EQ(channels[4].settings.Text("http_config.proxy_url"), "");
}

TEST(NotifyGlobal, SaysWhatIsWrongOnceForAllChannels) {
  EXPECT_EQ(ConfigWorld().Problems(std::string(kRoute) +
                                   "receivers: [{name: ops, email_configs: [{to: a}, {to: b}]}]\n"
                                   "global:\n"
                                   "  smtp_from: [x]\n"
                                   "  smtp_smarthost: ~\n"
                                   "  slack_api_url: x\n"
                                   "  slack_api_url_file: y\n"
                                   "  resolve_timeout: 5\n"
                                   "  smtp_helo: x\n"
                                   "  smtp_hello: x\n"
                                   "  pagerduty_url: x\n"
                                   "  http_config: {oauth2: {}}\n"),
            "2:41: alerting.receivers[0].email_configs[0].smarthost: missing\n"
            "2:50: alerting.receivers[0].email_configs[1].smarthost: missing\n"
            "4:14: alerting.global.smtp_from: want a text, got a list\n"
            "6:18: alerting.global.slack_api_url: want a URL such as \"https://host/path\"\n"
            "7:23: alerting.global.slack_api_url_file: y: No such file or directory\n"
            "7:23: alerting.global.slack_api_url_file: want this key or the one with _file, not "
            "both\n"
            "8:20: alerting.global.resolve_timeout: want a duration such as \"5m\", got \"5\"\n"
            "9:3: alerting.global.smtp_helo: unknown key; did you mean \"smtp_hello\"?\n"
            "10:3: alerting.global.smtp_hello: not supported here\n"
            "11:3: alerting.global.pagerduty_url: not supported here\n"
            "12:17: alerting.global.http_config.oauth2: not supported here\n");
}

TEST(NotifyTemplates, AreReadByNameAndByPattern) {
  ConfigWorld world;
  world.files.files = {{"a.tmpl", "A"}, {"b.tmpl", "B"}, {"other", "C"}};
  const auto parsed = world.Parse("templates: ['*.tmpl', other, a.tmpl]\n");
  ASSERT_TRUE(parsed.problems.empty());
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(parsed.config.templates, (Pairs{{"a.tmpl", "A"}, {"b.tmpl", "B"}, {"other", "C"}}));
}

TEST(NotifyTemplates, MustBeThereAndBeTemplates) {
  ConfigWorld world;
  world.files.files = {{"bad.tmpl", "{{ .x"}};
  EXPECT_EQ(world.Problems("templates: [none, bad.tmpl, '', [x]]\n"),
            "1:13: alerting.templates[0]: none: No such file or directory\n"
            "1:19: alerting.templates[1]: bad.tmpl: template: bad.tmpl:1: unclosed action\n"
            "1:29: alerting.templates[2]: want the name of a file, shell patterns allowed\n"
            "1:33: alerting.templates[3]: want a text, got a list\n");
}

TEST(NotifyHeartbeat, TakesAUrlAndWhen) {
  ConfigWorld world;
  world.files.files = {{"u", "https://hc.test/ping"}, {"ca", "PEM"}};
  const auto parsed = world.Parse(
      "heartbeat: {url_file: u, method: POST, interval: 30s, timeout: 5s, ca_file: ca}\n");
  ASSERT_TRUE(parsed.problems.empty());
  const Heartbeat& heartbeat = parsed.config.heartbeat;
  EXPECT_EQ(heartbeat.url.Reveal(), "https://hc.test/ping");
  EXPECT_EQ(heartbeat.method, "POST");
  EXPECT_EQ(heartbeat.interval, seconds(30));
  EXPECT_EQ(heartbeat.timeout, seconds(5));
  EXPECT_EQ(heartbeat.ca_file, "/etc/ecsward/ca");
  const auto plain = world.Parse("heartbeat: {url: 'http://x'}\n");
  EXPECT_EQ(plain.config.heartbeat.interval, minutes(1));
  EXPECT_EQ(plain.config.heartbeat.method, "GET");
}

TEST(NotifyHeartbeat, RefusesWhatIsNone) {
  EXPECT_EQ(ConfigWorld().Problems("heartbeat: {}\n"), "1:12: alerting.heartbeat.url: missing\n");
  EXPECT_EQ(
      ConfigWorld().Problems("heartbeat: {url: x, method: get, intervall: 1m, timeout: 0s}\n"),
      "1:18: alerting.heartbeat.url: want a URL such as \"https://host/path\"\n"
      "1:29: alerting.heartbeat.method: want GET, HEAD, POST or PUT, got \"get\"\n"
      "1:34: alerting.heartbeat.intervall: unknown key; did you mean \"interval\"?\n"
      "1:58: alerting.heartbeat.timeout: want a duration above zero\n");
  EXPECT_EQ(ConfigWorld().Problems("heartbeat: {url: 'http://x', interval: 100ms}\n"),
            "1:40: alerting.heartbeat.interval: want at least 1s\n");
}

}  // namespace
}  // namespace ecsward::notify
