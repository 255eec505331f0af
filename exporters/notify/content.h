// Makes the texts: default ones in Chinese and English, the user's templates, cut to what a channel
// takes. Thread-safe after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "exporters/notify/notification.h"

namespace ecsward::notify {

enum class TextStyle : std::uint8_t {
  kPlain,
  kMarkdown,  // DingTalk's: headings, bold, quotes, lists
  kWecom,     // markdown of which only some is shown; <font color="…">
  kLark,      // Feishu's cards
  kSlack,     // mrkdwn
  kHtml,
};

// 0: no limit. Characters are code points; a text is never cut inside of one.
struct TextLimit {
  std::size_t bytes = 0;
  std::size_t characters = 0;
};

struct ContentOptions {
  std::string language = "zh";                                 // or "en"
  std::vector<std::pair<std::string, std::string>> templates;  // files' texts, by name
  std::string external_url;
  LabelPairs host;  // instance_id, hostname, private_ip, region, …: the external labels
};

class Content {
 public:
  explicit Content(ContentOptions options);
  ~Content();
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  // One line: `[告警] 磁盘将满 web-1 (2)`; of a drill it says that it is one.
  std::string Title(const Notification& notification, TextLimit limit) const;
  // Each alert: what, where, since when, the value now, evidence, what to do, link. When all do not
  // fit, as many as do, and "… 还有 7 条" (and 7 more); one alone is cut by character.
  std::string Body(const Notification& notification, TextStyle style, TextLimit limit) const;

  // A template of the user's over Alertmanager's data: .Status, .Alerts, .Alerts.Firing,
  // .GroupLabels, .CommonLabels, .CommonAnnotations, .ExternalURL, .Receiver; and ours: .Drill,
  // .Id, .Groups, and in each alert .Value, .Evidence. Merged groups appear as one.
  // The default texts are templates, too: {{ template "ecsward.title" . }}, "ecsward.text",
  // "ecsward.markdown", "ecsward.wecom", "ecsward.lark", "ecsward.slack", "ecsward.html"; of one
  // alert "ecsward.alert".
  // errors: kInvalidArgument or kParse, as Alertmanager says it; longer than 1 MiB is one, too
  Result<std::string> Expand(std::string_view text, const Notification& notification) const;
  // The same, cut to the limit with "…".
  Result<std::string> Expand(std::string_view text, const Notification& notification,
                             TextLimit limit) const;
  // For HTML: what an action writes is escaped, but for what `safeHtml` lets through.
  Result<std::string> ExpandHtml(std::string_view text, const Notification& notification,
                                 TextLimit limit = {}) const;

  const std::string& language() const;
  const std::string& external_url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The longest beginning of `text` within the limit, with "…" when something was cut.
std::string CutText(std::string_view text, TextLimit limit);
std::size_t CountCharacters(std::string_view text);

// A text that is no markup, for where it is put into some: escaped as the default texts do it.
std::string EscapeText(std::string_view text, TextStyle style);

// What is wrong with a template of the configuration; whether what it calls is there, only the
// second one knows. errors: kInvalidArgument
Result<void> CheckNotifyTemplate(std::string_view text);
Result<void> CheckNotifyTemplate(std::string_view text,
                                 const std::vector<std::pair<std::string, std::string>>& files);
// With the templates of files, which it may call. errors: naming the file
Result<void> CheckTemplateFiles(const std::vector<std::pair<std::string, std::string>>& files);

// Alertmanager's webhook body, version 4, of one group. source: docs of its webhook receiver
// note: `ecsward` has what Alertmanager has not: at the end the notification's id and kind
//       ("alerts", "drill", "budget"), in each alert value and evidence
// note: `truncated` alerts were taken out of the group before
std::string WebhookJson(const Notification& notification, const GroupNotice& group,
                        std::string_view external_url, std::size_t truncated = 0);

}  // namespace ecsward::notify
