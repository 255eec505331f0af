// Beside the real Alertmanager: what it made of templates, and what it sent to a webhook.
// See tests/fixtures/notify/README.md.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/exporters/notify/content_samples.h"
#include "tests/unit/source_folder.h"

namespace ecsward::notify {
namespace {

constexpr const char* kUrl = "http://am.example.com:9093/x";

std::string ReadFixture(const std::string& name) {
  const std::ifstream file(SourceFolder() / "tests/fixtures/notify" / name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// What was posted to Alertmanager.
Notification PostedAlerts() {
  const std::string summary = "磁盘 <将满> & \"C:\\x\" \u2028 emoji 😀 tab\there";
  NotifiedAlert one;
  one.labels = {
      {"alertname", "DiskFull"}, {"instance", "web-1"}, {"severity", "critical"}, {"team", "web"}};
  one.annotations = {{"runbook_url", "https://wiki.example.com/?a=1&b=2"}, {"summary", summary}};
  one.starts_at_ms = kSampleStartMs;
  one.generator_url = "http://prom.example.com/graph?g0.expr=up%3D%3D0&g0.tab=1";
  one.value = 1;
  NotifiedAlert two;
  two.labels = {{"alertname", "DiskFull"},
                {"device", "sda"},
                {"instance", "web-2"},
                {"severity", "critical"},
                {"team", "web"}};
  two.annotations = {{"summary", summary}};
  two.starts_at_ms = kSampleStartMs - 123 + 210'000;
  two.value = 1;
  Notification notification = NotificationOf({one, two});
  notification.groups.front().group_key = "{}:{alertname=\"DiskFull\"}";
  notification.groups.front().group_labels = {{"alertname", "DiskFull"}};
  return notification;
}

ContentOptions Options() {
  ContentOptions options;
  options.language = "en";
  options.external_url = kUrl;
  options.templates = {
      {"/etc/ecsward/a.tmpl",
       "{{ define \"file.one\" }}one:{{ .Status }}{{ end }}{{ define \"file.two\" }}early{{ end "
       "}}"},
      {"/etc/ecsward/b.tmpl",
       "{{ define \"file.two\" }}two:{{ template \"file.one\" . }}{{ end }}\n"},
      {"/etc/ecsward/bad.tmpl", "{{ define \"bad\" }}\n{{ .Alerts }}{{ .Wrong }}{{ end }}"}};
  return options;
}

TEST(AlertmanagersTemplates, GiveWhatTheyGiveThere) {
  const auto fixture = nlohmann::json::parse(ReadFixture("alertmanager_templates.json"));
  const Content content(Options());
  const Notification notification = PostedAlerts();
  ASSERT_GE(fixture["expanded"].size(), 30u);
  for (const auto& row : fixture["expanded"]) {
    const auto out = content.Expand(row[0].get<std::string>(), notification);
    // The line separator and the tab do not leave.
    std::string expected = row[1];
    for (const auto& [from, to] : {std::pair{"\u2028", "\n"}, std::pair{"\t", " "}}) {
      for (std::size_t at = 0; (at = expected.find(from)) != std::string::npos;) {
        expected.replace(at, std::string_view(from).size(), to);
      }
    }
    EXPECT_EQ(out ? *out : out.error().message, expected) << row[0];
  }
}

TEST(AlertmanagersTemplates, FailAsTheyFailThere) {
  const auto fixture = nlohmann::json::parse(ReadFixture("alertmanager_templates.json"));
  const Content content(Options());
  const Notification notification = PostedAlerts();
  ASSERT_GE(fixture["failing"].size(), 30u);
  for (const auto& row : fixture["failing"]) {
    const auto out = content.Expand(row[0].get<std::string>(), notification);
    ASSERT_FALSE(out) << row[0] << " gave " << *out;
    EXPECT_EQ(out.error().message, row[1].get<std::string>());
  }
}

// Without what Alertmanager does not have.
std::string WithoutOurs(std::string json) {
  for (const std::string_view ours :
       {R"(,"ecsward":{"value":1,"evidence":[]})", R"(,"ecsward":{"id":"3f2a","kind":"alerts"})"}) {
    EXPECT_NE(json.find(ours), std::string::npos) << ours;
    for (std::size_t at = 0; (at = json.find(ours)) != std::string::npos;) {
      json.erase(at, ours.size());
    }
  }
  return json;
}

TEST(WebhookJson, IsAlertmanagersByteForByte) {
  const Notification notification = PostedAlerts();
  EXPECT_EQ(WithoutOurs(WebhookJson(notification, notification.groups.front(), kUrl)),
            ReadFixture("alertmanager_firing.json"));
}

TEST(WebhookJson, TellsWhichAlertIsResolved) {
  Notification notification = PostedAlerts();
  GroupNotice& group = notification.groups.front();
  group.alerts.front().ends_at_ms = kSampleStartMs - 123 + 600'500;
  group.at_ms = group.alerts.front().ends_at_ms;
  EXPECT_EQ(WithoutOurs(WebhookJson(notification, group, kUrl)),
            ReadFixture("alertmanager_one_resolved.json"));
}

TEST(WebhookJson, HasValueAndEvidence) {
  Notification notification = NotificationOf({SampleAlert()});
  const auto json =
      nlohmann::json::parse(WebhookJson(notification, notification.groups.front(), "https://x"));
  const auto& ours = json["alerts"][0]["ecsward"];
  EXPECT_EQ(ours["value"], 0.972);
  EXPECT_EQ(ours["evidence"][0]["offenders"][0]["name"], "php-fpm");
  EXPECT_EQ(json["ecsward"]["kind"], "alerts");
  notification.kind = NoticeKind::kDrill;
  NotifiedAlert& alert = notification.groups.front().alerts.front();
  for (const auto& [value, text] : {std::pair{std::nan(""), "NaN"}, std::pair{HUGE_VAL, "+Inf"},
                                    std::pair{-HUGE_VAL, "-Inf"}}) {
    alert.value = value;
    const auto odd =
        nlohmann::json::parse(WebhookJson(notification, notification.groups.front(), "https://x"));
    EXPECT_EQ(odd["alerts"][0]["ecsward"]["value"], text);
    EXPECT_EQ(odd["ecsward"]["kind"], "drill");
  }
}

TEST(WebhookJson, IsJsonWhateverTheLabelsAre) {
  Notification notification = NotificationOf({SampleAlert()});
  notification.groups.front().alerts.front().labels = {{"a\"\x01", "\xff\xc3 \xed\xa0\x80\x7f"}};
  const std::string text = WebhookJson(notification, notification.groups.front(), "\xfe", 3);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["truncatedAlerts"], 3);
  EXPECT_EQ(json["alerts"][0]["labels"].begin().key(), "a\"\x01");
  notification.groups.front().alerts.clear();
  const auto none =
      nlohmann::json::parse(WebhookJson(notification, notification.groups.front(), ""));
  EXPECT_EQ(none["alerts"], nlohmann::json::array());
  EXPECT_EQ(none["commonLabels"], nlohmann::json::object());
  EXPECT_EQ(none["status"], "resolved");
}

}  // namespace
}  // namespace ecsward::notify
