#include "exporters/notify/content/template_data.h"

#include <array>
#include <memory>
#include <utility>

#include "exporters/notify/content/default_text.h"
#include "rules/template/fields.h"

namespace ecsward::notify {
namespace {

using templates::List;
using templates::Method;
using templates::Object;
using templates::Parameter;
using templates::Value;
using FieldNames = std::span<const std::string_view>;
using MaybeValue = std::optional<Value>;

Value Text(std::string_view text) { return Value::String(std::string(text)); }

std::string_view StatusOf(bool firing) { return firing ? "firing" : "resolved"; }

// Labels that outlive the value.
Value Borrowed(const LabelPairs& labels) {
  return Value::KvOf(std::shared_ptr<const LabelPairs>(std::shared_ptr<void>(), &labels));
}
Value Owned(LabelPairs labels) {
  return Value::KvOf(std::make_shared<const LabelPairs>(std::move(labels)));
}

class AlertObject : public Object {
 public:
  AlertObject(const AlertView& view, const TemplateSource& source) : view_(view), source_(source) {}

  std::string_view type() const override { return "template.Alert"; }
  FieldNames fields() const override {
    static constexpr std::array<std::string_view, 9> kFields = {
        "Status",       "Labels",      "Annotations", "StartsAt", "EndsAt",
        "GeneratorURL", "Fingerprint", "Value",       "Evidence"};
    return kFields;
  }

  MaybeValue Field(std::string_view name) const override {
    const NotifiedAlert& alert = *view_.alert;
    if (name == "Status") return Text(StatusOf(!view_.resolved));
    if (name == "Labels") return Borrowed(alert.labels);
    if (name == "Annotations") return Borrowed(alert.annotations);
    if (name == "StartsAt") return Value::Time(alert.starts_at_ms);
    if (name == "EndsAt") {
      return Value::Time(view_.resolved ? alert.ends_at_ms : templates::kZeroTimeMs);
    }
    if (name == "GeneratorURL") return Text(alert.generator_url);
    if (name == "Fingerprint") return Text(FingerprintText(notify::Fingerprint(alert.labels)));
    if (name == "Value") return Value::Float(alert.value);
    if (name == "Evidence") return Text(EvidenceText(alert, source_.telling.language));
    if (name == "EcswardAlert") {
      return Text(
          DefaultAlert(view_, source_.notification.kind, source_.telling, TextStyle::kPlain));
    }
    return std::nullopt;
  }

 private:
  AlertView view_;
  const TemplateSource& source_;
};

Value OnlyWith(const Value& alerts, std::string_view status) {
  auto out = std::make_shared<List>();
  out->type = alerts.list().type;
  out->methods = alerts.list().methods;
  for (const Value& item : alerts.list().items) {
    const MaybeValue is = item.object().Field("Status");
    if (is && is->text() == status) out->items.push_back(item);
  }
  return Value::ListOf(std::move(out));
}

constexpr std::array kAlertsMethods = {
    Method{"Firing", Parameter::kNone,
           [](const Value& v, const Value&) { return OnlyWith(v, "firing"); }},
    Method{"Resolved", Parameter::kNone,
           [](const Value& v, const Value&) { return OnlyWith(v, "resolved"); }},
};

Value AlertsOf(const std::vector<AlertView>& alerts, const TemplateSource& source) {
  auto out = std::make_shared<List>();
  out->type = "template.Alerts";
  out->methods = kAlertsMethods;
  out->items.reserve(alerts.size());
  for (const AlertView& view : alerts) {
    out->items.push_back(Value::ObjectOf(std::make_shared<const AlertObject>(view, source)));
  }
  return Value::ListOf(std::move(out));
}

class GroupObject : public Object {
 public:
  GroupObject(const GroupNotice& group, const TemplateSource& source)
      : group_(group), source_(source) {}

  std::string_view type() const override { return "template.Group"; }
  FieldNames fields() const override {
    static constexpr std::array<std::string_view, 4> kFields = {"Status", "GroupKey", "GroupLabels",
                                                                "Alerts"};
    return kFields;
  }
  MaybeValue Field(std::string_view name) const override {
    if (name == "Status") return Text(StatusOf(group_.firing()));
    if (name == "GroupKey") return Text(group_.group_key);
    if (name == "GroupLabels") return Borrowed(group_.group_labels);
    if (name != "Alerts") return std::nullopt;
    std::vector<AlertView> views;
    views.reserve(group_.alerts.size());
    for (const NotifiedAlert& alert : group_.alerts) {
      views.push_back({&alert, group_.at_ms, alert.ResolvedAt(group_.at_ms)});
    }
    return AlertsOf(views, source_);
  }

 private:
  const GroupNotice& group_;
  const TemplateSource& source_;
};

// What costs something is made when it is asked for, and once.
class DataObject : public Object {
 public:
  explicit DataObject(const TemplateSource& source) : source_(source) {}

  std::string_view type() const override { return "*template.Data"; }
  FieldNames fields() const override {
    static constexpr std::array<std::string_view, 10> kFields = {
        "Receiver",          "Status",      "Alerts", "GroupLabels", "CommonLabels",
        "CommonAnnotations", "ExternalURL", "Drill",  "Id",          "Groups"};
    return kFields;
  }

  MaybeValue Field(std::string_view name) const override {
    const Notification& notification = source_.notification;
    const NoticeView& view = source_.view;
    if (name == "Receiver") return Text(notification.receiver);
    if (name == "Status") return Text(StatusOf(view.firing()));
    if (name == "Alerts") return Kept(alerts_, [&] { return AlertsOf(view.alerts(), source_); });
    if (name == "GroupLabels") return Kept(group_, [&] { return Owned(view.GroupLabels()); });
    if (name == "CommonLabels") return Kept(labels_, [&] { return Owned(view.CommonLabels()); });
    if (name == "CommonAnnotations") {
      return Kept(annotations_, [&] { return Owned(view.CommonAnnotations()); });
    }
    if (name == "ExternalURL") return Text(source_.external_url);
    if (name == "Drill") return Value::Bool(notification.kind == NoticeKind::kDrill);
    if (name == "Id") return Text(notification.id);
    if (name == "Groups") return Kept(groups_, [&] { return Groups(); });
    return DefaultField(name);
  }

 private:
  template <class Make>
  static Value Kept(MaybeValue& place, const Make& make) {
    if (!place) place = make();
    return *place;
  }

  Value Groups() const {
    auto out = std::make_shared<List>();
    out->type = "[]template.Group";
    for (const GroupNotice& group : source_.notification.groups) {
      out->items.push_back(Value::ObjectOf(std::make_shared<const GroupObject>(group, source_)));
    }
    return Value::ListOf(std::move(out));
  }

  // Of kDefaultTemplates alone.
  MaybeValue DefaultField(std::string_view name) const {
    if (name == "EcswardTitle") {
      return Kept(title_, [&] {
        return Text(DefaultTitle(source_.notification, source_.view, source_.telling));
      });
    }
    constexpr std::array<std::pair<std::string_view, TextStyle>, 6> kTexts = {{
        {"EcswardText", TextStyle::kPlain},
        {"EcswardMarkdown", TextStyle::kMarkdown},
        {"EcswardWecom", TextStyle::kWecom},
        {"EcswardLark", TextStyle::kLark},
        {"EcswardSlack", TextStyle::kSlack},
        {"EcswardHtml", TextStyle::kHtml},
    }};
    for (std::size_t i = 0; i < kTexts.size(); ++i) {
      if (kTexts[i].first != name) continue;
      const TextStyle style = kTexts[i].second;
      return Kept(texts_[i], [&] {
        std::string text = DefaultBody(source_.notification, source_.view, source_.telling,
                                       source_.external_url, style, source_.limit);
        return style == TextStyle::kHtml ? Value::Html(std::move(text))
                                         : Value::String(std::move(text));
      });
    }
    return std::nullopt;
  }

  const TemplateSource& source_;
  mutable MaybeValue alerts_, groups_, group_, labels_, annotations_, title_;
  mutable std::array<MaybeValue, 6> texts_;
};

}  // namespace

const char* const kDefaultTemplates =
    R"({{ define "ecsward.title" }}{{ .EcswardTitle }}{{ end }})"
    R"({{ define "ecsward.text" }}{{ .EcswardText }}{{ end }})"
    R"({{ define "ecsward.markdown" }}{{ .EcswardMarkdown }}{{ end }})"
    R"({{ define "ecsward.wecom" }}{{ .EcswardWecom }}{{ end }})"
    R"({{ define "ecsward.lark" }}{{ .EcswardLark }}{{ end }})"
    R"({{ define "ecsward.slack" }}{{ .EcswardSlack }}{{ end }})"
    R"({{ define "ecsward.html" }}{{ .EcswardHtml }}{{ end }})"
    R"({{ define "ecsward.alert" }}{{ .EcswardAlert }}{{ end }})";

Value DataOf(const TemplateSource& source) {
  return Value::ObjectOf(std::make_shared<const DataObject>(source));
}

}  // namespace ecsward::notify
