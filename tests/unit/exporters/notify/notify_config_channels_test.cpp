// Receivers, their channels' options and secrets.
#include <gtest/gtest.h>

#include "exporters/notify/notify_config.h"
#include "tests/unit/exporters/notify/config_world.h"

namespace ecsward::notify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kRoute = "route: {receiver: ops}\n";

// A receiver "ops" with one chat channel; lines count from `entry`, which is the fifth.
std::string WithChat(const std::string& entry) {
  return std::string(kRoute) + "receivers:\n- name: ops\n  chat_configs:\n  - " + entry + "\n";
}

std::string ChatProblems(const std::string& entry) {
  return ConfigWorld().Problems(WithChat(entry));
}

ChannelConfig Chat(const ConfigWorld& world, const std::string& entry) {
  const auto parsed = world.Parse(WithChat(entry));
  EXPECT_TRUE(parsed.problems.empty()) << world.Problems(WithChat(entry));
  return parsed.config.receivers.at(0).channels.at(0);
}

TEST(NotifyChannel, HasItsKindsDefaults) {
  const ChannelConfig chat = Chat({}, "{url: 'https://x.test/robot?token=1'}");
  EXPECT_EQ(chat.spec->kind, "chat");
  EXPECT_EQ(chat.index, 0);
  EXPECT_TRUE(chat.send_resolved);
  EXPECT_EQ(chat.rate_limit.messages, 20);
  EXPECT_EQ(chat.rate_limit.window, seconds(60));
  EXPECT_EQ(chat.give_up_after, hours(24));
  EXPECT_EQ(chat.fallback.receiver, "");
  EXPECT_FALSE(chat.budget.limited());
  const ChannelSettings& s = chat.settings;
  EXPECT_EQ(s.SecretOf("url").Reveal(), "https://x.test/robot?token=1");
  EXPECT_TRUE(s.SecretOf("token").empty());
  EXPECT_EQ(s.Text("link"), "https://example.com");
  EXPECT_EQ(s.Text("name"), "robot");
  EXPECT_TRUE(s.Flag("at_all"));
  EXPECT_EQ(s.Integer("count"), 7);
  EXPECT_EQ(s.Duration("timeout"), seconds(10));
  EXPECT_EQ(s.List("mobiles"), (std::vector<std::string>{"1", "2"}));
  EXPECT_TRUE(s.Map("labels").empty());
  EXPECT_TRUE(s.Get("url").given);
  EXPECT_FALSE(s.Get("name").given);
}

TEST(NotifyChannel, TakesEachKindOfOption) {
  ConfigWorld world;
  world.files.files = {{"t", "abc"}, {"ca.pem", "PEM"}};
  const ChannelConfig chat = Chat(world,
                                  "url: https://x.test/\n"
                                  "    token_file: t\n"
                                  "    link: http://[::1]:8080/a\n"
                                  "    name: 5\n"
                                  "    title: '{{ .Status }}'\n"
                                  "    at_all: no\n"
                                  "    count: 12\n"
                                  "    timeout: 1m30s\n"
                                  "    mobiles: ['3', 4]\n"
                                  "    labels: {b: x, a: 1, c: ~}\n"
                                  "    fields_of: {n: '{{ len .Alerts }}'}\n"
                                  "    ca_file: ca.pem\n"
                                  "    http_config:\n"
                                  "      proxy_url: http://p:3128\n"
                                  "      basic_auth: {username: u, password: w}\n"
                                  "    send_resolved: false\n");
  const ChannelSettings& s = chat.settings;
  EXPECT_FALSE(chat.send_resolved);
  EXPECT_EQ(s.SecretOf("token").Reveal(), "abc");
  EXPECT_EQ(s.Text("link"), "http://[::1]:8080/a");
  EXPECT_EQ(s.Text("name"), "5");
  EXPECT_EQ(s.Text("title"), "{{ .Status }}");
  EXPECT_FALSE(s.Flag("at_all"));
  EXPECT_EQ(s.Integer("count"), 12);
  EXPECT_EQ(s.Duration("timeout"), seconds(90));
  EXPECT_EQ(s.List("mobiles"), (std::vector<std::string>{"3", "4"}));
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(s.Map("labels"), (Pairs{{"b", "x"}, {"a", "1"}, {"c", ""}}));
  EXPECT_EQ(s.Map("fields_of"), (Pairs{{"n", "{{ len .Alerts }}"}}));
  EXPECT_EQ(s.Text("ca_file"), "/etc/ecsward/ca.pem");
  EXPECT_EQ(s.Text("http_config.proxy_url"), "http://p:3128");
  EXPECT_EQ(s.Text("http_config.basic_auth.username"), "u");
  EXPECT_EQ(s.SecretOf("http_config.basic_auth.password").Reveal(), "w");
  EXPECT_TRUE(s.Get("at_all").given);
}

TEST(NotifyChannel, TakesOneValueWhereAListIsWanted) {
  EXPECT_EQ(Chat({}, "{url: 'http://x', mobiles: 139}").settings.List("mobiles"),
            std::vector<std::string>{"139"});
  EXPECT_TRUE(Chat({}, "{url: 'http://x', mobiles: []}").settings.List("mobiles").empty());
}

TEST(NotifyChannel, SaysEverythingThatIsWrongAtOnce) {
  EXPECT_EQ(
      ChatProblems("url: [x]\n"
                   "    token: toolong\n"
                   "    link: example.com\n"
                   "    name: toolong\n"
                   "    title: '{{ .Status'\n"
                   "    at_all: perhaps\n"
                   "    count: -1\n"
                   "    timeout: 10\n"
                   "    mobiles: ['1', toolong, [2]]\n"
                   "    labels: {a: toolong, b: [c]}\n"
                   "    fields_of: {a: '{{'}\n"
                   "    ca_file: none.pem\n"
                   "    timeuot: 1s\n"
                   "    tokn_file: x\n"),
      "5:10: alerting.receivers[0].chat_configs[0].url: want a text, got a list\n"
      "6:12: alerting.receivers[0].chat_configs[0].token: want at most five letters\n"
      "7:11: alerting.receivers[0].chat_configs[0].link: want a URL such as "
      "\"https://host/path\"\n"
      "8:11: alerting.receivers[0].chat_configs[0].name: want at most five letters\n"
      "9:12: alerting.receivers[0].chat_configs[0].title: template: :1: unclosed action\n"
      "10:13: alerting.receivers[0].chat_configs[0].at_all: want true or false, got "
      "\"perhaps\"\n"
      "11:12: alerting.receivers[0].chat_configs[0].count: want a number from 0 to "
      "1000000000000, got \"-1\"\n"
      "12:14: alerting.receivers[0].chat_configs[0].timeout: want a duration such as "
      "\"5m\", got \"10\"\n"
      "13:20: alerting.receivers[0].chat_configs[0].mobiles[1]: want at most five letters\n"
      "13:29: alerting.receivers[0].chat_configs[0].mobiles[2]: want a text, got a list\n"
      "14:17: alerting.receivers[0].chat_configs[0].labels.a: want at most five letters\n"
      "14:29: alerting.receivers[0].chat_configs[0].labels.b: want a text, got a list\n"
      "15:20: alerting.receivers[0].chat_configs[0].fields_of.a: template: :1: unclosed action\n"
      "16:14: alerting.receivers[0].chat_configs[0].ca_file: none.pem: No such file or "
      "directory\n"
      "17:5: alerting.receivers[0].chat_configs[0].timeuot: unknown key; did you mean "
      "\"timeout\"?\n"
      "18:5: alerting.receivers[0].chat_configs[0].tokn_file: unknown key; did you mean "
      "\"token_file\"?\n");
}

TEST(NotifyChannel, MissesWhatItMustHave) {
  EXPECT_EQ(ChatProblems("{name: x}"), "5:5: alerting.receivers[0].chat_configs[0].url: missing\n");
  EXPECT_EQ(ChatProblems("{url: ~}"), "5:5: alerting.receivers[0].chat_configs[0].url: missing\n");
  EXPECT_EQ(ChatProblems("x"),
            "5:5: alerting.receivers[0].chat_configs[0]: want keys and values, got one value\n"
            "5:5: alerting.receivers[0].chat_configs[0].url: missing\n");
}

TEST(NotifyChannel, AsksItsKindWhatIsWrongBetweenOptions) {
  EXPECT_EQ(ChatProblems("{url: 'http://x', name: both, token: t}"),
            "5:42: alerting.receivers[0].chat_configs[0].token: not together with this name\n");
  // What was said already is not said again.
  EXPECT_EQ(ChatProblems("{url: 'http://x', name: both, token: toolong}"),
            "5:42: alerting.receivers[0].chat_configs[0].token: want at most five letters\n");
}

TEST(NotifyChannel, RefusesUrlsThatAreNone) {
  for (const char* url : {"''", "x", "ftp://x", "'http://'", "'http:///path'", "'http://:80'",
                          "\"http://x\\ny\"", "'http://x y'", "'http://u@'", "//x"}) {
    EXPECT_EQ(ChatProblems(fmt::format("{{url: {}}}", url)),
              "5:11: alerting.receivers[0].chat_configs[0].url: want a URL such as "
              "\"https://host/path\"\n")
        << url;
  }
  EXPECT_EQ(ChatProblems("{url: 'HTTPS://x'}"), "");
}

TEST(NotifySecrets, ComeFromFilesThatMustBeThere) {
  ConfigWorld world;
  world.files.files = {{"url", "https://x.test/SECRET"}, {"bad", "no url but a SECRET"}};
  EXPECT_EQ(Chat(world, "{url_file: url}").settings.SecretOf("url").Reveal(),
            "https://x.test/SECRET");
  EXPECT_EQ(world.Problems(WithChat("{url_file: nix, token_file: ''}")),
            "5:16: alerting.receivers[0].chat_configs[0].url_file: nix: No such file or "
            "directory\n"
            "5:33: alerting.receivers[0].chat_configs[0].token_file: want the name of a file\n");
  EXPECT_EQ(world.Problems(WithChat("{url_file: bad}")),
            "5:16: alerting.receivers[0].chat_configs[0].url_file: want a URL such as "
            "\"https://host/path\"\n");
}

TEST(NotifySecrets, AreSaidOnce) {
  ConfigWorld world;
  world.files.files = {{"url", "https://x.test/"}};
  EXPECT_EQ(world.Problems(WithChat("{url_file: url, url: 'http://x'}")),
            "5:26: alerting.receivers[0].chat_configs[0].url: want url or url_file, not both\n");
  EXPECT_EQ(world.Problems(WithChat("{url: 'http://x', url_file: url}")),
            "5:33: alerting.receivers[0].chat_configs[0].url_file: want url or url_file, not "
            "both\n");
}

TEST(NotifySecrets, NeverStandInAProblem) {
  ConfigWorld world;
  world.files.files = {{"f", "SECRET\x01"}};
  for (const char* entry :
       {"SECRET", "[SECRET]", "{url: SECRET}", "{url: [SECRET]}", "{url: {a: SECRET}}",
        "{url: 'http://SECRET x'}", "{url_file: f, token: SECRETSECRET}", "{token: [SECRET]}",
        "{http_config: SECRET}", "{http_config: {basic_auth: SECRET}}"}) {
    const std::string problems = world.Problems(WithChat(entry));
    EXPECT_NE(problems, "") << entry;
    EXPECT_EQ(problems.find("SECRET"), std::string::npos) << problems;
  }
  for (const char* yaml :
       {"receivers: SECRET", "receivers: [SECRET]", "receivers: [{name: a, chat_configs: SECRET}]",
        "heartbeat: SECRET", "heartbeat: {url: SECRET}", "global: SECRET",
        "global: {slack_api_url: SECRET}"}) {
    const std::string problems = world.Problems(yaml);
    EXPECT_NE(problems, "") << yaml;
    EXPECT_EQ(problems.find("SECRET"), std::string::npos) << problems;
  }
}

TEST(NotifySecrets, AreNotLookedForWithoutFiles) {
  const auto parsed = ParseNotify(YAML::Load(WithChat("{url_file: x, token_file: y, ca_file: z}")),
                                  nullptr, ChannelsForTests());
  EXPECT_TRUE(parsed.problems.empty());
}

TEST(NotifyChannel, SaysWhatAlertmanagerHasAndWeHaveNot) {
  EXPECT_EQ(ChatProblems("url: http://x\n"
                         "    oauth2: {}\n"
                         "    http_config:\n"
                         "      tls_config: {}\n"
                         "      proxi_url: x\n"
                         "      insecure_skip_verify: true\n"),
            "6:5: alerting.receivers[0].chat_configs[0].oauth2: not supported here\n"
            "8:7: alerting.receivers[0].chat_configs[0].http_config.tls_config: not supported "
            "here\n"
            "9:7: alerting.receivers[0].chat_configs[0].http_config.proxi_url: unknown key; did "
            "you mean \"proxy_url\"?\n"
            "10:29: alerting.receivers[0].chat_configs[0].http_config.insecure_skip_verify: "
            "certificates are always verified; a ca_file says whom else to trust\n");
  EXPECT_EQ(ChatProblems("{url: 'http://x', http_config: {insecure_skip_verify: false}}"), "");
}

TEST(NotifyChannel, TakesTheKeysThatAllKindsHave) {
  const auto parsed =
      ConfigWorld().Parse(std::string(kRoute) +
                          "receivers:\n"
                          "  - name: ops\n"
                          "    chat_configs:\n"
                          "      - url: http://x\n"
                          "        fallback: {receiver: other, after_failures: 3, after: 5m}\n"
                          "        budget: {per_day: 50, per_month: 500, warn: other}\n"
                          "        rate_limit: {messages: 5, window: 10s}\n"
                          "        give_up_after: 2h\n"
                          "      - url: http://y\n"
                          "        fallback: {receiver: other}\n"
                          "        rate_limit: {messages: 5}\n"
                          "    slack_configs: [{api_url: http://z}]\n"
                          "  - {name: other, slack_configs: [{api_url: http://w}]}\n");
  ASSERT_TRUE(parsed.problems.empty());
  const Receiver& ops = *parsed.config.Find("ops");
  ASSERT_EQ(ops.channels.size(), 3u);
  const ChannelConfig& first = ops.channels[0];
  EXPECT_EQ(first.fallback.receiver, "other");
  EXPECT_EQ(first.fallback.after_failures, 3);
  EXPECT_EQ(first.fallback.after, minutes(5));
  EXPECT_EQ(first.budget.per_day, 50);
  EXPECT_EQ(first.budget.per_month, 500);
  EXPECT_EQ(first.budget.warn, "other");
  EXPECT_EQ(first.rate_limit.messages, 5);
  EXPECT_EQ(first.rate_limit.window, seconds(10));
  EXPECT_EQ(first.give_up_after, hours(2));
  EXPECT_EQ(ops.channels[1].fallback.after_failures, 5);
  EXPECT_EQ(ops.channels[1].fallback.after, minutes(15));
  EXPECT_EQ(ops.channels[1].rate_limit.window, seconds(60));
  EXPECT_EQ(ChannelKey("ops", ops.channels[1]), "ops/chat[1]");
  EXPECT_EQ(ChannelKey("ops", ops.channels[2]), "ops/slack[0]");
  EXPECT_EQ(ops.channels[2].rate_limit.messages, 0);
}

TEST(NotifyChannel, RefusesKeysWithoutWhatMakesThemUseful) {
  EXPECT_EQ(ChatProblems("url: http://x\n"
                         "    fallback: {after: 1m}\n"
                         "    budget: {warn: ops}\n"
                         "    rate_limit: {window: 1m, messages: 0}\n"
                         "    give_up_after: 0s\n"
                         "    send_resolved: 1\n"),
            "6:15: alerting.receivers[0].chat_configs[0].fallback: want a receiver\n"
            "7:13: alerting.receivers[0].chat_configs[0].budget: want per_day, per_month or both\n"
            "7:20: alerting.receivers[0].chat_configs[0].budget.warn: want another receiver than "
            "the one that this is in\n"
            "8:40: alerting.receivers[0].chat_configs[0].rate_limit.messages: want a number from "
            "1 to 1000000, got \"0\"\n"
            "9:20: alerting.receivers[0].chat_configs[0].give_up_after: want a duration above "
            "zero\n"
            "10:20: alerting.receivers[0].chat_configs[0].send_resolved: want true or false, got "
            "\"1\"\n");
}

TEST(NotifyReceivers, HaveNamesOfTheirOwn) {
  EXPECT_EQ(ConfigWorld().Problems(
                std::string(kRoute) +
                "receivers: [{name: ops}, {name: ops}, {}, {name: ''}, {name: \"a\\nb\"}, ~]\n"),
            "2:33: alerting.receivers[1].name: a receiver \"ops\" is there already\n"
            "2:39: alerting.receivers[2]: want a name\n"
            "2:43: alerting.receivers[3]: want a name\n"
            "2:62: alerting.receivers[4].name: want a name without control characters, of at "
            "most 200 bytes\n"
            "2:71: alerting.receivers[5]: here is nothing\n");
}

TEST(NotifyReceivers, KnowTheirKinds) {
  EXPECT_EQ(ConfigWorld().Problems(std::string(kRoute) + "receivers:\n"
                                                         "  - name: ops\n"
                                                         "    chat_config: []\n"
                                                         "    pagerduty_configs: []\n"
                                                         "    wechat_configs: []\n"
                                                         "    slack_configs: {}\n"
                                                         "    email_configs:\n"),
            "4:5: alerting.receivers[0].chat_config: unknown key; did you mean \"chat_configs\"?\n"
            "5:5: alerting.receivers[0].pagerduty_configs: not supported here; webhook_configs "
            "can hand alerts on\n"
            "6:5: alerting.receivers[0].wechat_configs: not supported here; wecom_configs are for "
            "WeCom's robots\n"
            "7:20: alerting.receivers[0].slack_configs: want a list, got keys and values\n");
}

// Receivers a, b, … with one chat channel each that falls back as told.
std::string Fallbacks(const std::vector<std::pair<std::string, std::string>>& ways) {
  std::string yaml = "route: {receiver: a}\nreceivers:\n";
  for (const auto& [from, to] : ways) {
    yaml += fmt::format("- {{name: {}, chat_configs: [{{url: http://x", from);
    if (!to.empty()) yaml += fmt::format(", fallback: {{receiver: {}}}", to);
    yaml += "}]}\n";
  }
  yaml += "- {name: empty}\n";
  return ConfigWorld().Problems(yaml);
}

TEST(NotifyLinks, RefusesFallbacksInACircle) {
  EXPECT_EQ(Fallbacks({{"a", "b"}, {"b", "c"}, {"c", ""}}), "");
  EXPECT_EQ(Fallbacks({{"a", "b"}, {"b", "c"}, {"c", "b"}}),
            "5:65: alerting.receivers[2].chat_configs[0].fallback.receiver: fallbacks go in a "
            "circle: b → c → b\n");
  EXPECT_EQ(Fallbacks({{"a", "a"}}),
            "3:65: alerting.receivers[0].chat_configs[0].fallback.receiver: want another receiver "
            "than the one that this is in\n");
}

TEST(NotifyLinks, RefusesFallbacksIntoNothing) {
  EXPECT_EQ(Fallbacks({{"a", "nobody"}, {"b", "empty"}}),
            "3:65: alerting.receivers[0].chat_configs[0].fallback.receiver: there is no receiver "
            "\"nobody\"\n"
            "4:65: alerting.receivers[1].chat_configs[0].fallback.receiver: receiver \"empty\" has "
            "no channel\n");
}

}  // namespace
}  // namespace ecsward::notify
