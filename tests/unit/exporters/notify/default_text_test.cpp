// The default texts, whole: tests/golden/notify/SCENE.LANGUAGE.txt has the title and each style's
// text. ECSWARD_UPDATE_GOLDEN=1 ctest -R DefaultText rewrites them; review the diff like code.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/unit/exporters/notify/content_samples.h"
#include "tests/unit/source_folder.h"

namespace ecsward::notify {
namespace {

constexpr std::pair<TextStyle, const char*> kStyles[] = {
    {TextStyle::kPlain, "plain"}, {TextStyle::kMarkdown, "markdown"}, {TextStyle::kWecom, "wecom"},
    {TextStyle::kLark, "lark"},   {TextStyle::kSlack, "slack"},       {TextStyle::kHtml, "html"},
};

std::string Shown(const Notification& notification, const ContentOptions& options,
                  TextLimit limit = {}) {
  const HostZone zone;
  const Content content(options);
  std::string out = "title: " + content.Title(notification, {}) + "\n";
  for (const auto& [style, name] : kStyles) {
    out += fmt::format("\n==== {}\n{}\n", name, content.Body(notification, style, limit));
  }
  return out;
}

void ExpectGolden(const std::string& scene, const Notification& notification,
                  TextLimit limit = {}) {
  for (const char* language : {"zh", "en"}) {
    const std::string text = Shown(notification, SampleOptions(language), limit);
    const auto path =
        SourceFolder() / "tests/golden/notify" / fmt::format("{}.{}.txt", scene, language);
    if (std::getenv("ECSWARD_UPDATE_GOLDEN") != nullptr) {
      std::ofstream(path, std::ios::binary) << text;
      continue;
    }
    const std::ifstream file(path, std::ios::binary);
    ASSERT_TRUE(file) << path;
    std::ostringstream expected;
    expected << file.rdbuf();
    EXPECT_EQ(text, expected.str()) << path;
  }
}

Notification DigestSample() {
  Notification notification = NotificationOf({SampleAlert()});
  GroupNotice disk = GroupOf({NumberedAlert(1), NumberedAlert(2)});
  disk.group_labels = {{"alertname", "DiskFull"}};
  for (NotifiedAlert& alert : disk.alerts) Set(alert.labels, "alertname", "DiskFull");
  notification.groups.push_back(disk);
  // Told again, and over by now: the last state is what counts.
  notification.groups.push_back(GroupOf({ResolvedSample()}));
  return notification;
}

// What somebody put there who wants more than to be an alert.
Notification HostileSample() {
  NotifiedAlert alert = SampleAlert();
  Set(alert.labels, "severity", "<@all>");
  Set(alert.labels, "device", "[点我](http://evil.example.com) @all @所有人 <at id=all></at>");
  Set(alert.labels, "mountpoint", "**/_x_`y`~z~\\ | <script>alert('1')</script>");
  Set(alert.labels, "hostname", "web-1\r\n# 标题\x1b[31m\u202Egnp.exe");
  Set(alert.annotations, "summary",
      "# <font color=\"warning\">x</font> <!channel> & \"q\" ops@example.com");
  Set(alert.annotations, "description",
      "first\n\n# heading\n> quote\n- item\n1. one\n---\n@all http://wiki.example.com/a_b");
  Set(alert.annotations, "runbook_url", "https://wiki.example.com/a)(b|c>d\"e f");
  alert.evidence.front().offenders = {{"](http://evil.example.com)*_@all", 1, 0.5, 1}};
  return NotificationOf({alert});
}

TEST(DefaultText, OfAnAlertThatFires) { ExpectGolden("firing", NotificationOf({SampleAlert()})); }

TEST(DefaultText, OfAnAlertThatIsOver) {
  ExpectGolden("resolved", NotificationOf({ResolvedSample()}));
}

TEST(DefaultText, OfSeveralAlerts) {
  ExpectGolden("group", NotificationOf({NumberedAlert(1), NumberedAlert(2), ResolvedSample()}));
}

TEST(DefaultText, OfMergedGroups) { ExpectGolden("digest", DigestSample()); }

TEST(DefaultText, OfADrill) {
  Notification notification = NotificationOf({SampleAlert()});
  notification.kind = NoticeKind::kDrill;
  ExpectGolden("drill", notification);
}

TEST(DefaultText, OfABudget) {
  NotifiedAlert alert;
  alert.labels = {{"alertname", "NotifyBudget"}, {"channel", "oncall/sms[0]"}};
  alert.annotations = {{"summary", "oncall/sms[0]: 40 / 50"}};
  alert.starts_at_ms = kSampleStartMs + 720'000;
  alert.value = 0.8;
  Set(alert.annotations, "ecsward_unit", "ratio");
  Notification notification = NotificationOf({alert});
  notification.kind = NoticeKind::kBudget;
  ExpectGolden("budget", notification);
}

TEST(DefaultText, OfHostileLabels) { ExpectGolden("hostile", HostileSample()); }

TEST(DefaultText, OfMoreThanFits) {
  std::vector<NotifiedAlert> alerts;
  for (int i = 1; i <= 9; ++i) alerts.push_back(NumberedAlert(i));
  ExpectGolden("many", NotificationOf(std::move(alerts)), {1800, 0});
}

TEST(DefaultText, OfOneThatDoesNotFit) {
  NotifiedAlert alert = SampleAlert();
  std::string text;
  for (int i = 0; i < 200; ++i) text += "请先看证据中列出的进程 & <其他>。";
  Set(alert.annotations, "description", text);
  ExpectGolden("long", NotificationOf({alert, alert}), {0, 900});
}

// --- what golden texts do not show ---

std::string TitleOf(const Notification& notification, const std::string& language = "zh") {
  return Content(SampleOptions(language)).Title(notification, {});
}

std::string PlainBody(const Notification& notification, const ContentOptions& options) {
  const HostZone zone;
  return Content(options).Body(notification, TextStyle::kPlain, {});
}

TEST(DefaultText, NamesTheHostUnlessTheSummaryDoes) {
  NotifiedAlert alert = SampleAlert();
  Set(alert.annotations, "summary", "磁盘将满");
  EXPECT_EQ(TitleOf(NotificationOf({alert})), "[告警] 磁盘将满 web-1");
  alert.labels = {{"alertname", "DiskFull"}};
  EXPECT_EQ(TitleOf(NotificationOf({alert})), "[告警] 磁盘将满 i-bp1abc");
  EXPECT_EQ(Content({}).Title(NotificationOf({alert}), {}), "[告警] 磁盘将满");
}

TEST(DefaultText, CountsAlertsInTheTitle) {
  EXPECT_EQ(TitleOf(NotificationOf({NumberedAlert(1), NumberedAlert(2)})),
            "[告警] HostCpuBusy web-1 (2)");
  EXPECT_EQ(TitleOf(NotificationOf({SampleAlert(), SampleAlert()})),
            "[告警] web-1 CPU 使用率 97.2% (2)");
  Notification mixed = NotificationOf({NumberedAlert(1), ResolvedSample()});
  EXPECT_EQ(TitleOf(mixed, "en"), "[FIRING] HostCpuBusy web-1 (1 firing, 1 resolved)");
  Set(mixed.groups.front().alerts.front().labels, "alertname", "Other");
  EXPECT_EQ(TitleOf(mixed, "en"), "[FIRING] 2 alerts web-1 (1 firing, 1 resolved)");
  EXPECT_EQ(TitleOf(NotificationOf({ResolvedSample(), ResolvedSample()}), "en"),
            "[RESOLVED] web-1 CPU 使用率 97.2% (2)");
}

TEST(DefaultText, SaysWhatAnAlertIsAsFarAsItKnows) {
  NotifiedAlert alert = SampleAlert();
  const auto what = [&] { return TitleOf(NotificationOf({alert})); };
  alert.annotations = {{"description", "d"}, {"message", "m"}, {"summary", ""}};
  EXPECT_EQ(what(), "[告警] m web-1");
  alert.annotations = {{"description", "d"}};
  EXPECT_EQ(what(), "[告警] d web-1");
  alert.annotations = {};
  EXPECT_EQ(what(), "[告警] HostCpuBusy web-1");
  alert.labels = {{"a", "b"}};
  EXPECT_EQ(what(), "[告警] {a=\"b\"} i-bp1abc");
}

TEST(DefaultText, SpeaksTheReadersLanguageWhereARuleHasBoth) {
  NotifiedAlert alert = SampleAlert();
  alert.annotations = {{"summary", "disk full"}, {"summary_zh", "磁盘已满"}};
  EXPECT_EQ(TitleOf(NotificationOf({alert})), "[告警] 磁盘已满 web-1");
  EXPECT_EQ(TitleOf(NotificationOf({alert}), "en"), "[FIRING] disk full web-1");
}

TEST(DefaultText, PrefersTheAlertsOwnWhereabouts) {
  NotifiedAlert alert = SampleAlert();
  Set(alert.labels, "instance_id", "i-other");
  Set(alert.labels, "region", "cn-beijing");
  Set(alert.labels, "zone", "cn-beijing-a");
  const std::string body = PlainBody(NotificationOf({alert}), SampleOptions());
  EXPECT_NE(body.find("位置：i-other · web-1 · 10.0.0.5 · cn-beijing · cn-beijing-a\n"),
            std::string::npos)
      << body;
}

TEST(DefaultText, TellsWhatToDo) {
  NotifiedAlert alert = SampleAlert();
  alert.annotations = {{"action", "重启"}, {"runbook", "先看日志\n再重启"}, {"summary", "s"}};
  const std::string steps = PlainBody(NotificationOf({alert}), SampleOptions());
  EXPECT_NE(steps.find("处理：重启\n处理：先看日志\n  再重启\n"), std::string::npos) << steps;
  // An address in `runbook` is a link, where runbook_url does not say another.
  alert.annotations = {{"runbook", "https://a.example.com"}, {"summary", "s"}};
  EXPECT_NE(
      PlainBody(NotificationOf({alert}), SampleOptions()).find("手册：https://a.example.com\n"),
      std::string::npos);
  // What is no address at all is shown, and cannot be followed.
  alert.annotations = {{"runbook_url", "javascript:alert(1)"}, {"summary", "s"}};
  const Content content(SampleOptions());
  const std::string html = content.Body(NotificationOf({alert}), TextStyle::kHtml, {});
  EXPECT_EQ(html.find("href=\"javascript"), std::string::npos);
  EXPECT_NE(html.find("javascript:alert(1)"), std::string::npos);
}

TEST(DefaultText, DoesNotSayTheSameTwice) {
  NotifiedAlert alert = SampleAlert();
  alert.annotations = {{"description", "only this"}};
  const std::string body = PlainBody(NotificationOf({alert}), SampleOptions());
  EXPECT_EQ(body.find("说明"), std::string::npos) << body;
}

TEST(DefaultText, LeavesTheLinkOutWhereThereIsNone) {
  ContentOptions options = SampleOptions();
  options.external_url = "";
  EXPECT_EQ(PlainBody(NotificationOf({SampleAlert()}), options).find("详情"), std::string::npos);
}

TEST(DefaultText, TellsOfAnAlertOnceAsTheLastMergedGroupHasIt) {
  const Notification digest = DigestSample();
  const std::string body = PlainBody(digest, SampleOptions());
  EXPECT_TRUE(body.starts_with("汇总 3 组，共 3 条：告警 2，恢复 1\n")) << body;
  EXPECT_EQ(TitleOf(digest), "[告警] 汇总 3 组，共 3 条 web-1");
}

TEST(DefaultText, OfNoAlertsIsStillATitle) {
  Notification nothing;
  EXPECT_EQ(TitleOf(nothing), "[恢复] 0 条告警 i-bp1abc");
  EXPECT_EQ(Content(SampleOptions()).Body(nothing, TextStyle::kHtml, {5, 0}), "");
}

}  // namespace
}  // namespace ecsward::notify
