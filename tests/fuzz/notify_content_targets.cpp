#include "tests/fuzz/notify_content_targets.h"

#include <cstdlib>

#include "exporters/notify/content.h"
#include "rules/template/unicode.h"

namespace ecsward {
namespace {

using notify::TextStyle;

constexpr std::int64_t kStartMs = 1'740'830'400'123;

void Require(bool holds) {
  if (!holds) std::abort();
}

const notify::Content& SharedContent() {
  static const notify::Content content([] {
    notify::ContentOptions options;
    options.external_url = "https://ward.example.com";
    options.host = {{"hostname", "web-1"}};
    options.templates = {{"a.tmpl", "{{ define \"a\" }}{{ .Status }}{{ end }}"}};
    return options;
  }());
  return content;
}

notify::Notification NotificationWith(std::string_view text) {
  notify::NotifiedAlert alert;
  alert.labels = Normalized({{"alertname", "A"}, {"device", std::string(text)}});
  alert.annotations =
      Normalized({{"summary", std::string(text)}, {"runbook_url", std::string(text)}});
  alert.starts_at_ms = kStartMs;
  Evidence evidence;
  evidence.offenders = {{std::string(text), 1, 0.5, 1}};
  alert.evidence = {evidence};
  notify::NotifiedAlert over = alert;
  over.ends_at_ms = kStartMs + 60'000;
  notify::Notification notification;
  notification.receiver = "ops";
  notification.groups.push_back({"{}:{}", {{"alertname", "A"}}, {alert, over}, kStartMs + 90'000});
  return notification;
}

void RequireClean(std::string_view text) {
  while (!text.empty()) {
    const templates::Rune rune = templates::DecodeRune(text);
    Require(rune.valid() && (rune.value >= 0x20 || rune.value == '\n') && rune.value != 0x7F);
    text.remove_prefix(rune.size);
  }
}

}  // namespace

// The text is a template.
void FuzzExpandNotification(std::string_view t) {
  static const notify::Notification notification = NotificationWith("磁盘 <1>");
  if (const auto out = SharedContent().Expand(t, notification)) RequireClean(*out);
  if (const auto out = SharedContent().ExpandHtml(t, notification, {100, 50})) {
    RequireClean(*out);
    Require(out->size() <= 100 && notify::CountCharacters(*out) <= 50);
  }
  (void)notify::CheckNotifyTemplate(t);
  (void)notify::CheckTemplateFiles({{"t.tmpl", std::string(t)}});
}

// The text is in an alert; its first byte says how long the message may be.
void FuzzRenderNotification(std::string_view t) {
  const std::size_t most = t.empty() ? 0 : 4 * static_cast<unsigned char>(t.front());
  if (!t.empty()) t.remove_prefix(1);
  const notify::Notification notification = NotificationWith(t);
  for (const TextStyle style : {TextStyle::kPlain, TextStyle::kMarkdown, TextStyle::kWecom,
                                TextStyle::kLark, TextStyle::kSlack, TextStyle::kHtml}) {
    const std::string body = SharedContent().Body(notification, style, {most, 0});
    RequireClean(body);
    Require(most == 0 || body.size() <= most);
  }
  const std::string title = SharedContent().Title(notification, {most, 0});
  RequireClean(title);
  Require(most == 0 || title.size() <= most);
  RequireClean(notify::CutText(notify::EscapeText(t, TextStyle::kLark), {most, most}));
  (void)notify::WebhookJson(notification, notification.groups.front(), t);
}

}  // namespace ecsward
