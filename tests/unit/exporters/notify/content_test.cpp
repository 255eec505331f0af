#include "exporters/notify/content.h"

#include <gtest/gtest.h>

#include <cmath>

#include "exporters/notify/content/clean_text.h"
#include "exporters/notify/content/markup.h"
#include "exporters/notify/content/phrases.h"
#include "tests/unit/exporters/notify/content_samples.h"

namespace ecsward::notify {
namespace {

TEST(CutText, CutsByCharacterAndSaysSo) {
  EXPECT_EQ(CutText("磁盘将满", {}), "磁盘将满");
  EXPECT_EQ(CutText("磁盘将满", {12, 4}), "磁盘将满");
  EXPECT_EQ(CutText("磁盘将满", {0, 3}), "磁盘…");
  EXPECT_EQ(CutText("磁盘将满", {0, 1}), "…");
  EXPECT_EQ(CutText("磁盘将满", {11, 0}), "磁盘…");
  EXPECT_EQ(CutText("磁盘将满", {9, 0}), "磁盘…");
  EXPECT_EQ(CutText("磁盘将满", {8, 0}), "磁…");
  EXPECT_EQ(CutText("磁盘将满", {3, 0}), "…");
  EXPECT_EQ(CutText("磁盘将满", {2, 0}), "");
  EXPECT_EQ(CutText("abc", {2, 0}), "ab");  // no room for the ellipsis
  EXPECT_EQ(CutText("abcde", {4, 0}), "a…");
  EXPECT_EQ(CutText("abcde", {4, 2}), "a…");
  EXPECT_EQ(CutText("", {1, 1}), "");
}

TEST(CountCharacters, CountsCodePoints) {
  EXPECT_EQ(CountCharacters(""), 0u);
  EXPECT_EQ(CountCharacters("a磁😀"), 3u);
  EXPECT_EQ(CountCharacters("\xff\xe7\xa3"), 3u);  // each byte that is none counts as one
}

TEST(CleanText, LeavesNothingThatActs) {
  EXPECT_EQ(CleanText("a\tb\r\nc\x1b[1m\x7f\u0085d", LineBreaks::kKept), "a b\nc[1md");
  EXPECT_EQ(CleanText("a\nb\u2028c\u2029d", LineBreaks::kOne), "a b c d");
  EXPECT_EQ(CleanText("x\u202Egnp\u2066\u200E\uFEFF", LineBreaks::kOne), "xgnp");
  EXPECT_EQ(CleanText("\xff\xe7\xa3", LineBreaks::kOne), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(CleanText("👨\u200D👩", LineBreaks::kOne), "👨\u200D👩");  // joined emoji stay
}

TEST(EscapeText, TakesTheMarkupOutOfEachStyle) {
  const std::string_view text = "<a> & \"b\" *c* snake_case _d_ [e](f) `g` ~h~ \\";
  EXPECT_EQ(EscapeText(text, TextStyle::kPlain), text);
  EXPECT_EQ(EscapeText(text, TextStyle::kHtml),
            "&lt;a&gt; &amp; &#34;b&#34; *c* snake_case _d_ [e](f) `g` ~h~ \\");
  EXPECT_EQ(EscapeText(text, TextStyle::kSlack),
            "&lt;a&gt; &amp; \"b\" ＊c＊ snake_case ＿d＿ [e](f) ˋgˋ ～h～ \\");
  EXPECT_EQ(EscapeText(text, TextStyle::kLark),
            "&#60;a&#62; &#38; \"b\" &#42;c&#42; snake_case &#95;d&#95; &#91;e&#93;(f) &#96;g&#96; "
            "&#126;h&#126; \\");
  for (const TextStyle style : {TextStyle::kMarkdown, TextStyle::kWecom}) {
    EXPECT_EQ(EscapeText(text, style), "＜a> & \"b\" ＊c＊ snake_case ＿d＿ ［e］(f) ˋgˋ ～h～ ＼");
  }
}

TEST(EscapeText, CallsNobodyAndLinksNowhere) {
  for (const TextStyle style : {TextStyle::kMarkdown, TextStyle::kWecom, TextStyle::kLark}) {
    EXPECT_EQ(EscapeText("@all a@b.cn http://x", style), "@\u200Ball a@b.cn http:\u200B//x");
  }
  EXPECT_EQ(EscapeText("@all http://x", TextStyle::kPlain), "@all http://x");
  EXPECT_EQ(EscapeText("<!channel> <@U1>", TextStyle::kSlack),
            "&lt;!channel&gt; &lt;@\u200BU1&gt;");
}

TEST(SafeLink, LetsNothingEndTheMarkup) {
  EXPECT_EQ(SafeLink("https://a.example.com/x?y=1&z=2#f"), "https://a.example.com/x?y=1&z=2#f");
  EXPECT_EQ(SafeLink("http://a/)(\"'<>|` \n\\]"), "http://a/%29%28%22%27%3C%3E%7C%60%20%0A%5C%5D");
  EXPECT_EQ(SafeLink("http://a/磁"), "http://a/%E7%A3%81");
  EXPECT_EQ(SafeLink("javascript:alert(1)"), "");
  EXPECT_EQ(SafeLink(""), "");
}

TEST(ValueText, IsForPeople) {
  EXPECT_EQ(ValueText(0.97234, ""), "0.9723");
  EXPECT_EQ(ValueText(42, ""), "42");
  EXPECT_EQ(ValueText(12345, ""), "12345");
  EXPECT_EQ(ValueText(12345.67, ""), "12346");
  EXPECT_EQ(ValueText(1234567, ""), "1.235M");
  EXPECT_EQ(ValueText(-0.5, ""), "-0.5");
  EXPECT_EQ(ValueText(0.00001234, ""), "1.234e-05");
  EXPECT_EQ(ValueText(std::nan(""), ""), "NaN");
  EXPECT_EQ(ValueText(HUGE_VAL, "ratio"), "+Inf");
  EXPECT_EQ(ValueText(0.9723, "ratio"), "97.23%");
  EXPECT_EQ(ValueText(1536, "bytes"), "1.5kiB");
  EXPECT_EQ(ValueText(512, "bytes/s"), "512B/s");
  EXPECT_EQ(ValueText(90, "seconds"), "1m 30s");
  EXPECT_EQ(ValueText(3, "°C"), "3 °C");
}

TEST(DurationText, HasTheTwoGreatestUnits) {
  const Phrases& zh = PhrasesOf("zh");
  const Phrases& en = PhrasesOf("en");
  EXPECT_EQ(DurationText(0, en), "0s");
  EXPECT_EQ(DurationText(-5, en), "0s");
  EXPECT_EQ(DurationText(59'999, en), "59s");
  EXPECT_EQ(DurationText(60'000, en), "1m");
  EXPECT_EQ(DurationText(3'661'000, en), "1h 1m");
  EXPECT_EQ(DurationText(3'601'000, en), "1h");
  EXPECT_EQ(DurationText(90'061'000, zh), "1 天 1 小时");
  EXPECT_EQ(DurationText(65'000, zh), "1 分钟 5 秒");
}

TEST(TimeText, IsInTheHostsZone) {
  {
    const HostZone zone("Asia/Shanghai");
    EXPECT_EQ(TimeText(kSampleStartMs), "2025-03-01 20:00:00 UTC+8");
    EXPECT_EQ(SpanText(kSampleStartMs, kSampleStartMs + 60'000).second, "20:01:00 UTC+8");
    EXPECT_EQ(SpanText(kSampleStartMs, kSampleStartMs + 60'000).first, "2025-03-01 20:00:00");
    EXPECT_EQ(SpanText(kSampleStartMs, kSampleStartMs + 86'400'000).second,
              "2025-03-02 20:00:00 UTC+8");
  }
  const HostZone utc("UTC");
  EXPECT_EQ(TimeText(kSampleStartMs), "2025-03-01 12:00:00 UTC");
  const HostZone half("<-0330>3:30");
  EXPECT_EQ(TimeText(kSampleStartMs), "2025-03-01 08:30:00 UTC-3:30");
}

TEST(SeverityText, IsAWord) {
  EXPECT_EQ(SeverityText("critical", "zh"), "严重");
  EXPECT_EQ(SeverityText("critical", "en"), "critical");
  EXPECT_EQ(SeverityText("P1", "zh"), "P1");
  EXPECT_EQ(SeverityText("", "zh"), "");
}

TEST(Content, GivesTheDefaultTextsToTemplates) {
  const HostZone zone;
  const Content content(SampleOptions());
  const Notification notification = NotificationOf({SampleAlert(), ResolvedSample()});
  EXPECT_EQ(*content.Expand("{{ template \"ecsward.title\" . }}", notification),
            content.Title(notification, {}));
  const std::pair<const char*, TextStyle> kNames[] = {
      {"text", TextStyle::kPlain}, {"markdown", TextStyle::kMarkdown}, {"wecom", TextStyle::kWecom},
      {"lark", TextStyle::kLark},  {"slack", TextStyle::kSlack},       {"html", TextStyle::kHtml}};
  for (const auto& [name, style] : kNames) {
    const std::string call = std::string("{{ template \"ecsward.") + name + "\" . }}";
    EXPECT_EQ(*content.Expand(call, notification), content.Body(notification, style, {}));
    // With the limit as their own, so that they say how many are missing.
    const TextLimit limit{900, 0};
    EXPECT_EQ(*content.Expand(call, notification, limit), content.Body(notification, style, limit));
    EXPECT_TRUE(CheckNotifyTemplate(call, {}));
  }
  const auto each = content.Expand(
      "{{ range .Alerts }}{{ template \"ecsward.alert\" . }}\n{{ end }}", notification);
  EXPECT_TRUE(each->starts_with("[告警] web-1 CPU 使用率 97.2%\n级别：警告\n")) << *each;
  EXPECT_NE(each->find("host=web-1\n[恢复] web-1"), std::string::npos) << *each;
  EXPECT_FALSE(content.Expand("{{ template \"ecsward.text\" .Status }}", notification));
}

TEST(Content, HasWhatAlertmanagerHasNot) {
  const Content content(SampleOptions());
  Notification notification = NotificationOf({SampleAlert(), ResolvedSample()});
  const auto expand = [&](std::string_view text) {
    const auto out = content.Expand(text, notification);
    return out ? *out : out.error().message;
  };
  EXPECT_EQ(expand("{{ .Drill }} {{ .Id }} {{ len .Groups }}"), "false 3f2a 1");
  EXPECT_EQ(expand("{{ range .Alerts }}{{ .Value }} {{ .Evidence }};{{ end }}"),
            "0.972 php-fpm 61 %, mysqld 12 %;0.31 php-fpm 61 %, mysqld 12 %;");
  EXPECT_EQ(expand("{{ range .Groups }}{{ .Status }} {{ .GroupKey }} {{ .GroupLabels.alertname }} "
                   "{{ len .Alerts.Resolved }}{{ end }}"),
            "firing {}:{alertname=\"HostCpuBusy\"} HostCpuBusy 1");
  EXPECT_EQ(expand("{{ (index .Alerts 1).EndsAt.Sub (index .Alerts 1).StartsAt }}"), "15m0s");
  notification.kind = NoticeKind::kDrill;
  EXPECT_EQ(expand("{{ if .Drill }}drill{{ end }}"), "drill");
}

TEST(Content, ShowsMergedGroupsAsOne) {
  const Content content(SampleOptions());
  Notification notification = NotificationOf({NumberedAlert(1)});
  notification.groups.push_back(GroupOf({NumberedAlert(2)}));
  notification.groups.back().group_labels = {{"alertname", "HostCpuBusy"}, {"device", "vd2"}};
  EXPECT_EQ(*content.Expand("{{ len .Alerts }} {{ .GroupLabels }} {{ .CommonLabels.device }}|{{ "
                            ".CommonLabels.hostname }}",
                            notification),
            "2 map[alertname:HostCpuBusy] |web-1");
}

TEST(Content, EscapesForHtml) {
  const Content content(SampleOptions());
  NotifiedAlert alert = SampleAlert();
  Set(alert.annotations, "summary", "<script>");
  const Notification notification = NotificationOf({alert});
  const std::string_view text =
      "<p>{{ .CommonAnnotations.summary }}</p>{{ template \"ecsward.title\" . }}";
  EXPECT_EQ(*content.ExpandHtml(text, notification),
            "<p>&lt;script&gt;</p>[告警] &lt;script&gt; web-1");
  EXPECT_EQ(*content.Expand(text, notification), "<p><script></p>[告警] <script> web-1");
  EXPECT_EQ(*content.ExpandHtml("{{ template \"ecsward.html\" . }}", notification),
            content.Body(notification, TextStyle::kHtml, {}));
}

TEST(Content, CutsWhatATemplateMakes) {
  const Content content(SampleOptions());
  const Notification notification = NotificationOf({SampleAlert()});
  EXPECT_EQ(*content.Expand("磁盘将满 {{ .Status }}", notification, {0, 6}), "磁盘将满 …");
  EXPECT_EQ(*content.Expand("a\x01\xff{{ slice \"磁\" 0 1 }}", notification), "a\uFFFD\uFFFD");
  EXPECT_FALSE(content.Expand("{{ .Wrong }}", notification, {0, 6}));
}

TEST(Content, HasTheUsersTemplates) {
  ContentOptions options = SampleOptions();
  options.templates = {
      {"/etc/ecsward/notify/ops.tmpl", "{{ define \"ops.line\" }}<{{ .Status }}>{{ end }}"},
      {"/etc/ecsward/notify/bad.tmpl", "{{ if }}"}};
  const Content content(options);
  EXPECT_EQ(*content.Expand("{{ template \"ops.line\" . }}", NotificationOf({SampleAlert()})),
            "<firing>");
  EXPECT_EQ(content.language(), "zh");
  EXPECT_EQ(content.external_url(), "https://ward.example.com/web-1");
}

TEST(CheckNotifyTemplate, SaysWhatIsWrong) {
  EXPECT_TRUE(CheckNotifyTemplate("{{ .CommonLabels.alertname }} {{ template \"elsewhere\" . }}"));
  const auto bad = CheckNotifyTemplate("{{ query \"up\" }}");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "template: :1: function \"query\" not defined");
  const std::vector<std::pair<std::string, std::string>> files = {
      {"a.tmpl", "{{ define \"a\" }}{{ end }}"}};
  EXPECT_TRUE(CheckNotifyTemplate("{{ template \"a\" . }}", files));
  const auto gone = CheckNotifyTemplate("x\n{{ template \"b\" . }}", files);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message, "template: :2: template \"b\" not defined");
}

TEST(CheckTemplateFiles, NamesTheFile) {
  EXPECT_TRUE(CheckTemplateFiles({}));
  EXPECT_TRUE(CheckTemplateFiles(
      {{"a.tmpl", "{{ define \"a\" }}{{ template \"b\" . }}{{ end }}"},
       {"b.tmpl", "{{ define \"b\" }}{{ template \"ecsward.title\" . }}{{ end }}"}}));
  const auto bad = CheckTemplateFiles({{"dir/a.tmpl", "\n{{ end }}"}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message, "dir/a.tmpl: template: a.tmpl:2: unexpected {{end}}");
  const auto gone = CheckTemplateFiles({{"a.tmpl", "{{ template \"gone\" }}"}});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message, "template: a.tmpl:1: template \"gone\" not defined");
}

TEST(Summary, SpeaksChinese) {
  Evidence evidence = SampleAlert().evidence.front();
  evidence.note = "n";
  EXPECT_EQ(Summary(evidence, "zh"), "php-fpm 61 %, mysqld 12 %（n）");
  EXPECT_EQ(Summary(evidence), "php-fpm 61 %, mysqld 12 % (n)");
  EvidencePeriod before, window;
  before.what = EvidencePeriod::What::kBefore;
  before.total = 1;
  before.offenders = {{"php-fpm", 1, 0.04, 0.04}};
  window.total = 1;
  evidence.periods = {before, window};
  EXPECT_EQ(Summary(evidence, "zh"), "php-fpm 61 %, mysqld 12 %（此前：php-fpm 4 %；n）");
}

}  // namespace
}  // namespace ecsward::notify
