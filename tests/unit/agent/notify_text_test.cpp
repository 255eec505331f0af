#include "agent/notify_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/notify_json.h"

namespace ecsward {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNow = 1'740'830'400'000;  // 2025-03-01T12:00:00Z

NotificationsPicture Picture() {
  NotificationsPicture picture;
  picture.figures.on = true;
  picture.figures.alerts = 3;
  picture.figures.groups = 2;
  picture.figures.silences = 1;
  notify::ChannelFigures channel;
  channel.receiver = "ops";
  channel.channel = "ops/sms[0]";
  channel.kind = "sms";
  channel.queued = 1;
  channel.delivered = 12;
  channel.retries = 4;
  channel.buried = 2;
  channel.failures = {{"timeout", 4}};
  channel.budget_day = 50;
  channel.budget_used_day = 14;
  channel.last_success_unix_seconds = 1'740'830'340;
  picture.figures.channels = {channel};
  LetterSummary waits;
  waits.id = "a1";
  waits.channel = "ops/sms[0]";
  waits.kind = "alerts";
  waits.group = R"({alertname="DiskFull"})";
  waits.firing = true;
  waits.alerts = 2;
  waits.committed_at_ms = kNow - 65'000;
  waits.attempts = 3;
  waits.problem = "no answer within 10 s";
  picture.queue = {waits};
  LetterSummary dead = waits;
  dead.kind = "drill";
  dead.died_at_ms = kNow - 1'000;
  dead.why = "refused: 403";
  picture.dead = {dead};
  return picture;
}

TEST(NotificationsText, ShowsWhatWaitsAndWhatWasGivenUpWithTheReason) {
  EXPECT_EQ(
      NotificationsText(Picture(), kNow),
      "3 alerts in 2 groups, 1 silences in force\n"
      "\n"
      "CHANNEL     SENT  QUEUED  RETRIES  GIVEN UP  LAST    BUDGET\n"
      "ops/sms[0]  12    1       4        2         1m ago  14 of 50 today\n"
      "\n"
      "WAITING SINCE  CHANNEL     WHAT      TRIES  GROUP                   WHY\n"
      "1m5s           ops/sms[0]  2 firing  3      {alertname=\"DiskFull\"}  no answer within "
      "10 s\n"
      "\n"
      "GIVEN UP AT           CHANNEL     WHAT   TRIES  GROUP                   WHY\n"
      "2025-03-01T11:59:59Z  ops/sms[0]  drill  3      {alertname=\"DiskFull\"}  refused: 403\n");
}

TEST(NotificationsText, WarnsWhenTheDiskDoesNotKeepThem) {
  NotificationsPicture picture = Picture();
  EXPECT_THAT(NotificationsText(picture, kNow), Not(HasSubstr("WARNING")));
  picture.figures.store_failures = 1;
  EXPECT_THAT(NotificationsText(picture, kNow), HasSubstr("WARNING: 1 writes"));
}

TEST(NotificationsText, SaysThatNothingIsConfigured) {
  EXPECT_THAT(NotificationsText({}, kNow), HasSubstr("no notifications are configured"));
}

TEST(NotificationsJson, ReadsBackWhatItWrites) {
  const auto read = ParseNotifications(ToText(Picture()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(NotificationsText(*read, kNow), NotificationsText(Picture(), kNow));
  EXPECT_EQ(read->figures.channels.front().failures, Picture().figures.channels.front().failures);
  EXPECT_EQ(read->queue.front().id, "a1");
}

TEST(NotificationsJson, RefusesWhatIsNoObject) {
  EXPECT_FALSE(ParseNotifications("[]"));
  EXPECT_FALSE(ParseNotifications("{"));
}

TEST(LetterSummary, TellsWithoutTheAlertsTexts) {
  notify::Letter letter;
  letter.channel = "ops/webhook[0]";
  letter.notification.id = "x";
  letter.notification.kind = notify::NoticeKind::kDrill;
  notify::GroupNotice group;
  group.group_labels = {{"alertname", "Up"}};
  notify::NotifiedAlert fires, over;
  over.ends_at_ms = 5;
  group.at_ms = 10;
  group.alerts = {fires, over};
  letter.notification.groups = {group};
  const LetterSummary summary = SummaryOf(letter);
  EXPECT_EQ(summary.kind, "drill");
  EXPECT_EQ(summary.group, R"({alertname="Up"})");
  EXPECT_TRUE(summary.firing);
  EXPECT_EQ(summary.alerts, 2u);
  notify::DeadLetter dead;
  dead.letter = letter;
  dead.died_at_ms = 7;
  dead.why = "because";
  EXPECT_EQ(SummaryOf(dead).died_at_ms, 7);
  EXPECT_EQ(SummaryOf(dead).why, "because");
}

notify::Silence SilenceOf(std::string id, std::int64_t starts_ms, std::int64_t ends_ms) {
  notify::Silence silence;
  silence.id = std::move(id);
  silence.matchers = {*LabelMatcher::Make(MatchType::kRegexp, "job", "a|b")};
  silence.starts_at_ms = starts_ms;
  silence.ends_at_ms = ends_ms;
  silence.created_by = "li";
  silence.comment = "a \x1b[31mmove";
  return silence;
}

TEST(SilencesText, ShowsThoseInForceFirstAndSendsNoEscape) {
  const std::string text = SilencesText(
      {SilenceOf("later", kNow + 1, kNow + 9), SilenceOf("now", kNow - 9, kNow + 9'000)}, kNow);
  EXPECT_LT(text.find("now "), text.find("later "));
  EXPECT_THAT(text, HasSubstr(R"({job=~"a|b"})"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_EQ(SilencesText({}, kNow), "no silences\n");
}

TEST(SilencesJson, ReadsBackWhatItWrites) {
  const auto read = ParseSilences(ToText({SilenceOf("x", 1'000, 2'000), SilenceOf("y", 1, 2)}));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->front().id, "x");
  EXPECT_EQ(read->front().ends_at_ms, 2'000);
  EXPECT_EQ(read->front().matchers, SilenceOf("", 0, 0).matchers);
}

notify::RoutingConfig Config() {
  notify::RoutingConfig config;
  notify::Route root;
  root.receiver = "ops";
  notify::Route child;
  child.receiver = "oncall";
  child.matchers = {*LabelMatcher::Make(MatchType::kEqual, "severity", "critical")};
  child.group_by = {"alertname"};
  child.go_on = true;
  child.mute_time_intervals = {"always"};
  root.routes = {child};
  config.route = root;
  config.time_intervals["always"] = {notify::TimeInterval()};
  notify::Receiver oncall;
  oncall.name = "oncall";
  notify::ChannelConfig sms;
  sms.spec = notify::FindChannel("sms");
  sms.fallback.receiver = "ops";
  oncall.channels.push_back(sms);
  config.receivers = {oncall};
  return config;
}

TEST(RoutesText, SaysWhoByWhichWayAndWhatMutesItNow) {
  EXPECT_EQ(RoutesText(Config(), {{"alertname", "X"}, {"severity", "critical"}}, kNow),
            "{alertname=\"X\", severity=\"critical\"}\n"
            "→ oncall\n"
            "    by        {}/{severity=\"critical\"}  (continue: the routes after it are tried, "
            "too)\n"
            "    channels  sms[0] (fallback ops)\n"
            "    group     {alertname=\"X\"} by [alertname]\n"
            "    told      after 30s, changes every 5m, repeated after 4h\n"
            "    MUTED     now inside of mute_time_intervals always\n");
  EXPECT_THAT(RoutesText(Config(), {{"alertname", "X"}}, kNow), HasSubstr("→ ops\n"));
  EXPECT_THAT(RoutesText({}, {}, kNow), HasSubstr("no route is configured"));
}

TEST(RoutesJson, SaysTheSame) {
  const std::string text = RoutesJson(Config(), {{"severity", "critical"}}, kNow);
  EXPECT_THAT(text, HasSubstr(R"("receiver":"oncall")"));
  EXPECT_THAT(text, HasSubstr(R"("group_wait_seconds":30.0)"));
}

}  // namespace
}  // namespace ecsward
