// Alertmanager's webhook body, written as its Go program writes it: field by field, and without a
// document in memory, for a group may have thousands of alerts.
// source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
#include <nlohmann/json.hpp>

#include "exporters/notify/content.h"
#include "exporters/notify/content/notice_view.h"
#include "metrics/evidence_json.h"
#include "rules/template/go_time.h"
#include "rules/template/json.h"

namespace ecsward::notify {
namespace {

using templates::AppendJsonText;

class JsonWriter {
 public:
  // `key` is ours and needs no escaping.
  void Key(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }
  void Text(std::string_view key, std::string_view text) {
    Key(key);
    AppendJsonText(text, out_);
  }
  void Labels(std::string_view key, const LabelPairs& labels) {
    Key(key);
    char before = '{';
    for (const LabelPair& label : labels) {
      out_ += std::exchange(before, ',');
      AppendJsonText(label.name, out_);
      out_ += ':';
      AppendJsonText(label.value, out_);
    }
    out_ += before == '{' ? "{}" : "}";
  }
  void Time(std::string_view key, std::int64_t unix_ms) {
    Text(key, templates::FormatTime(unix_ms, templates::kJsonTime));
  }
  void Raw(std::string_view text) { out_ += text; }
  std::string& text() { return out_; }

 private:
  std::string out_;
};

void AppendAlert(const NotifiedAlert& alert, bool resolved, JsonWriter& out) {
  out.Raw("{");
  out.Text("status", resolved ? "resolved" : "firing");
  out.Labels("labels", alert.labels);
  out.Labels("annotations", alert.annotations);
  out.Time("startsAt", alert.starts_at_ms);
  out.Time("endsAt", resolved ? alert.ends_at_ms : templates::kZeroTimeMs);
  out.Text("generatorURL", alert.generator_url);
  out.Text("fingerprint", FingerprintText(Fingerprint(alert.labels)));
  out.Key("ecsward");
  out.Raw("{");
  out.Key("value");
  templates::AppendJsonNumber(alert.value, out.text());
  out.Key("evidence");
  out.Raw(Dump(ToJson(alert.evidence)));
  out.Raw("}}");
}

std::string_view NameOf(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kDrill:
      return "drill";
    case NoticeKind::kBudget:
      return "budget";
    case NoticeKind::kAlerts:
      break;
  }
  return "alerts";
}

}  // namespace

std::string WebhookJson(const Notification& notification, const GroupNotice& group,
                        std::string_view external_url, std::size_t truncated) {
  LabelPairs labels, annotations;
  if (!group.alerts.empty()) {
    labels = group.alerts.front().labels;
    annotations = group.alerts.front().annotations;
  }
  for (const NotifiedAlert& alert : group.alerts) {
    KeepCommon(labels, alert.labels);
    KeepCommon(annotations, alert.annotations);
  }
  JsonWriter out;
  out.Raw("{");
  out.Text("receiver", notification.receiver);
  out.Text("status", group.firing() ? "firing" : "resolved");
  out.Key("alerts");
  char before = '[';
  for (const NotifiedAlert& alert : group.alerts) {
    out.text() += std::exchange(before, ',');
    AppendAlert(alert, alert.ResolvedAt(group.at_ms), out);
  }
  out.Raw(before == '[' ? "[]" : "]");
  out.Labels("groupLabels", group.group_labels);
  out.Labels("commonLabels", labels);
  out.Labels("commonAnnotations", annotations);
  out.Text("externalURL", external_url);
  out.Text("version", "4");
  out.Text("groupKey", group.group_key);
  out.Key("truncatedAlerts");
  out.Raw(std::to_string(truncated));
  out.Key("ecsward");
  out.Raw("{");
  out.Text("id", notification.id);
  out.Text("kind", NameOf(notification.kind));
  out.Raw("}}\n");
  return std::move(out.text());
}

}  // namespace ecsward::notify
