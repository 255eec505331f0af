// Whatever the limit and whatever the labels: never longer, valid UTF-8, and no broken markup.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "rules/template/unicode.h"
#include "tests/unit/exporters/notify/content_samples.h"

namespace ecsward::notify {
namespace {

constexpr TextStyle kStyles[] = {TextStyle::kPlain, TextStyle::kMarkdown, TextStyle::kWecom,
                                 TextStyle::kLark,  TextStyle::kSlack,    TextStyle::kHtml};

// Of texts that people and programs put into labels, and worse.
std::string RandomText(std::mt19937& random) {
  constexpr std::string_view kPieces[] = {
      "web-1", " ",       "磁盘", "😀",        "<b>", "</font>", "&amp;", "&",      "\"",
      "'",     "**",      "_",    "`",        "[x]", "(y)",     "@all",  "#",      "\n",
      "\t",    "\x01",    "\xff", "\xe7\xa3", "~",   "\\",      "…",     "\u202e", "http://",
      "a_b",   "<!here>", ">",    "-",        "1. ", "|"};
  std::string out;
  for (auto n = random() % 40; n > 0; --n) out += kPieces[random() % std::size(kPieces)];
  return out;
}

Notification RandomNotification(std::mt19937& random) {
  Notification notification = NotificationOf({});
  notification.kind = random() % 4 == 0 ? NoticeKind::kDrill : NoticeKind::kAlerts;
  for (auto groups = random() % 3; groups > 0; --groups) notification.groups.push_back(GroupOf({}));
  for (GroupNotice& group : notification.groups) {
    for (auto n = random() % 5; n > 0; --n) {
      NotifiedAlert alert = random() % 2 == 0 ? SampleAlert() : ResolvedSample();
      for (const char* name : {"device", "hostname", "severity", "x"}) {
        if (random() % 2 == 0) Set(alert.labels, name, RandomText(random));
      }
      for (const char* name : {"summary", "description", "runbook_url", "action"}) {
        if (random() % 2 == 0) Set(alert.annotations, name, RandomText(random));
      }
      alert.evidence.front().offenders.front().name = RandomText(random);
      group.alerts.push_back(alert);
    }
  }
  return notification;
}

bool IsCleanUtf8(std::string_view text) {
  while (!text.empty()) {
    const templates::Rune rune = templates::DecodeRune(text);
    if (!rune.valid() || (rune.value < 0x20 && rune.value != '\n') || rune.value == 0x7F ||
        rune.value == 0x202E) {
      return false;
    }
    text.remove_prefix(rune.size);
  }
  return true;
}

// Tags are closed in order, and every & begins an entity.
bool IsWholeHtml(std::string_view text) {
  std::vector<std::string_view> open;
  while (!text.empty()) {
    const auto at = text.find_first_of("<&");
    if (at == std::string_view::npos) break;
    const char sign = text[at];
    const auto end = text.find(sign == '<' ? '>' : ';', at);
    if (end == std::string_view::npos) return false;
    const std::string_view inside = text.substr(at + 1, end - at - 1);
    text.remove_prefix(end + 1);
    if (sign == '&') {
      constexpr std::string_view kKnown[] = {"amp", "lt", "gt", "#34", "#39"};
      if (std::find(std::begin(kKnown), std::end(kKnown), inside) == std::end(kKnown)) return false;
    } else if (inside.starts_with('/')) {
      if (open.empty() || open.back() != inside.substr(1)) return false;
      open.pop_back();
    } else if (inside != "br") {
      open.push_back(inside.substr(0, inside.find(' ')));
    }
  }
  return open.empty();
}

std::size_t Count(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++count;
  }
  return count;
}

bool IsWhole(std::string_view text, TextStyle style) {
  switch (style) {
    case TextStyle::kPlain:
      return true;
    case TextStyle::kSlack:
      return Count(text, "<") == Count(text, ">") && Count(text, "*") % 2 == 0;
    case TextStyle::kMarkdown:
      return Count(text, "**") % 2 == 0 && Count(text, "<") == 0;
    case TextStyle::kWecom:
    case TextStyle::kLark:
      return Count(text, "<font") == Count(text, "</font>") && Count(text, "**") % 2 == 0 &&
             Count(text, "<") == 2 * Count(text, "<font");
    case TextStyle::kHtml:
      break;
  }
  return IsWholeHtml(text);
}

void ExpectWithin(std::string_view text, TextLimit limit) {
  EXPECT_TRUE(limit.bytes == 0 || text.size() <= limit.bytes) << text;
  EXPECT_TRUE(limit.characters == 0 || CountCharacters(text) <= limit.characters) << text;
  EXPECT_TRUE(IsCleanUtf8(text)) << text;
}

TextLimit RandomLimit(std::mt19937& random) {
  const auto part = [&] {
    return random() % 3 == 0 ? 0 : 1 + random() % (1U << (1 + random() % 13));
  };
  return {part(), part()};
}

TEST(ContentLimits, HoldForAnyNotificationStyleAndLimit) {
  std::mt19937 random(5);
  const Content chinese(SampleOptions("zh")), english(SampleOptions("en"));
  for (int i = 0; i < 150; ++i) {
    const Notification notification = RandomNotification(random);
    const Content& content = i % 2 == 0 ? chinese : english;
    const TextLimit limit = RandomLimit(random);
    SCOPED_TRACE(std::to_string(i));
    ExpectWithin(content.Title(notification, limit), limit);
    for (const TextStyle style : kStyles) {
      const std::string body = content.Body(notification, style, limit);
      ExpectWithin(body, limit);
      EXPECT_TRUE(IsWhole(body, style)) << static_cast<int>(style) << "\n" << body;
    }
    const auto made = content.Expand(
        "{{ range .Alerts }}{{ .Labels }}{{ .Annotations.summary }}{{ end }}", notification, limit);
    ASSERT_TRUE(made) << made.error().message;
    ExpectWithin(*made, limit);
  }
}

TEST(ContentLimits, HoldForEveryLengthOfOneText) {
  const Notification notification =
      NotificationOf({SampleAlert(), NumberedAlert(1), ResolvedSample()});
  const Content content(SampleOptions());
  for (const TextStyle style : kStyles) {
    const std::string whole = content.Body(notification, style, {});
    for (std::size_t most = 1; most <= whole.size() + 1; most += 1 + most / 16) {
      const std::string bytes = content.Body(notification, style, {most, 0});
      ExpectWithin(bytes, {most, 0});
      EXPECT_TRUE(IsWhole(bytes, style)) << most << "\n" << bytes;
      const std::string characters = content.Body(notification, style, {0, most});
      ExpectWithin(characters, {0, most});
      EXPECT_TRUE(IsWhole(characters, style)) << most << "\n" << characters;
    }
    EXPECT_EQ(content.Body(notification, style, {whole.size(), 0}), whole);
    EXPECT_LT(content.Body(notification, style, {whole.size() - 1, 0}).size(), whole.size());
    EXPECT_EQ(content.Body(notification, style, {0, CountCharacters(whole)}), whole);
  }
}

TEST(ContentLimits, SayHowManyAreMissing) {
  std::vector<NotifiedAlert> alerts;
  for (int i = 0; i < 12; ++i) alerts.push_back(NumberedAlert(i));
  const Notification notification = NotificationOf(std::move(alerts));
  const Content content(SampleOptions("en"));
  for (const std::size_t most : {600u, 1200u, 2000u, 3000u}) {
    const std::string body = content.Body(notification, TextStyle::kPlain, {most, 0});
    const std::size_t shown = Count(body, "[FIRING]");
    EXPECT_NE(body.find("… and " + std::to_string(12 - shown) + " more\n"), std::string::npos)
        << body;
    EXPECT_GE(shown, 1u);
  }
}

// Only what can be shown is made: the test would take minutes otherwise.
TEST(ContentLimits, TenThousandAlertsCostWhatIsShownOfThem) {
  Notification notification = NotificationOf({});
  for (int i = 0; i < 10'000; ++i) notification.groups.front().alerts.push_back(NumberedAlert(i));
  const Content content(SampleOptions());
  const auto start = std::chrono::steady_clock::now();
  for (const TextStyle style : kStyles) {
    const std::string body = content.Body(notification, style, {4096, 0});
    EXPECT_LE(body.size(), 4096u);
    EXPECT_NE(body.find("… 还有 99"), std::string::npos);
  }
  EXPECT_LE(content.Body(notification, TextStyle::kHtml, {}).size(), std::size_t{1} << 20);
  const std::string title = content.Title(notification, {0, 40});
  EXPECT_EQ(title, "[告警] HostCpuBusy web-1 (10000)");
  // Of a template with a limit, too; without one, a usual one has the room it needs.
  const std::string_view each = "{{ range .Alerts.Firing }}{{ .Annotations.summary }}\n{{ end }}";
  EXPECT_EQ(*content.Expand(each, notification, {0, 14}), "磁盘 vd0 将满\n磁盘 …");
  EXPECT_EQ(Count(*content.Expand(each, notification), "\n"), 10'000u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace ecsward::notify
