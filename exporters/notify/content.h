// Makes the texts: default ones in Chinese and English, the user's templates, cut to what a channel
// takes. Thread-safe after construction.
#pragma once

#include <cstdint>
#include <map>
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
  // .Id, .Groups, and in each alert .Value, .Evidence. Merged groups appear as one. A template of
  // the default texts is called by {{ template "ecsward.title" . }}, {{ template "ecsward.text" .
  // }}. errors: kInvalidArgument, as Alertmanager says it
  Result<std::string> Expand(std::string_view text, const Notification& notification) const;
  // The same, cut to the limit with "…".
  Result<std::string> Expand(std::string_view text, const Notification& notification,
                             TextLimit limit) const;

  const std::string& language() const;
  const std::string& external_url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The longest beginning of `text` within the limit, with "…" when something was cut.
std::string CutText(std::string_view text, TextLimit limit);
std::size_t CountCharacters(std::string_view text);

// What is wrong with a template of the configuration. errors: kInvalidArgument
Result<void> CheckNotifyTemplate(std::string_view text);
// With the templates of files, which it may call. errors: naming the file
Result<void> CheckTemplateFiles(const std::vector<std::pair<std::string, std::string>>& files);

// Alertmanager's webhook body, version 4, of one group. source: docs of its webhook receiver
// note: `ecsward` in each alert has what Alertmanager has not: value, evidence
std::string WebhookJson(const Notification& notification, const GroupNotice& group,
                        std::string_view external_url);

}  // namespace ecsward::notify
