#include "exporters/notify/notification.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/json_fields.h"
#include "metrics/evidence_json.h"

namespace ecsward::notify {
namespace {

using nlohmann::json;

// Up to the year 9999, so that whoever prints it needs no doubts.
std::int64_t TimeAt(const json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || !it->is_number_integer()) return 0;
  if (it->is_number_unsigned() && it->get<std::uint64_t>() > 253'402'300'799'999) return 0;
  return std::max<std::int64_t>(0, it->get<std::int64_t>());
}

// JSON has no NaN and no infinity: they are texts, as in Prometheus' own API.
json ValueToJson(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return value;
}

double ValueAt(const json& object, const char* key) {
  const std::string text = TextAt(object, key);
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  return NumberAt<double>(object, key);
}

LabelPairs LabelsAt(const json& object, const char* key) {
  const auto it = object.find(key);
  return it == object.end() ? LabelPairs() : LabelsFromJson(*it);
}

json AlertToJson(const NotifiedAlert& alert) {
  json object = {{"labels", ToJson(alert.labels)},
                 {"annotations", ToJson(alert.annotations)},
                 {"starts_at_ms", alert.starts_at_ms},
                 {"updated_at_ms", alert.updated_at_ms},
                 {"value", ValueToJson(alert.value)}};
  if (alert.ends_at_ms != 0) object["ends_at_ms"] = alert.ends_at_ms;
  if (!alert.evidence.empty()) object["evidence"] = ToJson(alert.evidence);
  if (!alert.generator_url.empty()) object["generator_url"] = alert.generator_url;
  return object;
}

NotifiedAlert AlertFromJson(const json& object) {
  NotifiedAlert alert;
  alert.labels = LabelsAt(object, "labels");
  alert.annotations = LabelsAt(object, "annotations");
  alert.starts_at_ms = TimeAt(object, "starts_at_ms");
  alert.ends_at_ms = TimeAt(object, "ends_at_ms");
  alert.updated_at_ms = TimeAt(object, "updated_at_ms");
  alert.value = ValueAt(object, "value");
  alert.evidence = EvidenceFromJson(ListAt(object, "evidence"));
  alert.generator_url = TextAt(object, "generator_url");
  return alert;
}

constexpr struct {
  NoticeKind kind;
  std::string_view name;
} kKinds[] = {{NoticeKind::kAlerts, "alerts"},
              {NoticeKind::kDrill, "drill"},
              {NoticeKind::kBudget, "budget"}};

// Takes groups and alerts out of the document while it is being read: the tree of a group of 10,000
// alerts would take several times the memory of the alerts.
class NotificationReader {
 public:
  // nlohmann's callback. `depth` counts what is open around: a member of the document is at 1, a
  // group at 2, its members at 3, an alert at 4.
  bool operator()(int depth, json::parse_event_t event, json& read) {
    using Event = json::parse_event_t;
    if (event == Event::key) {
      if (depth == 1) in_groups_ = read == "groups";
      if (depth == 3) in_alerts_ = read == "alerts";
    }
    if (event != Event::object_end || !in_groups_) return true;
    if (depth == 4 && in_alerts_) {
      alerts_.push_back(AlertFromJson(read));
      return false;
    }
    if (depth == 2) {
      groups_.push_back({TextAt(read, "key"), LabelsAt(read, "labels"), std::exchange(alerts_, {}),
                         TimeAt(read, "at_ms")});
      return false;
    }
    return true;
  }

  std::vector<GroupNotice> TakeGroups() { return std::move(groups_); }

 private:
  bool in_groups_ = false, in_alerts_ = false;
  std::vector<NotifiedAlert> alerts_;
  std::vector<GroupNotice> groups_;
};

}  // namespace

// source: prometheus/common model.LabelSet.Fingerprint: FNV-1a with 64 bits
std::uint64_t Fingerprint(const LabelPairs& labels) {
  std::uint64_t hash = 14'695'981'039'346'656'037u;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    hash = (hash ^ 0xffu) * 1'099'511'628'211u;
  };
  for (const LabelPair& label : labels) {  // they are sorted
    add(label.name);
    add(label.value);
  }
  return hash;
}

std::string_view ToString(NoticeKind of) {
  for (const auto& [kind, name] : kKinds) {
    if (kind == of) return name;
  }
  return kKinds[0].name;
}

NoticeKind ParseNoticeKind(std::string_view text) {
  for (const auto& [kind, name] : kKinds) {
    if (name == text) return kind;
  }
  return NoticeKind::kAlerts;
}

std::string FingerprintText(std::uint64_t fingerprint) {
  return fmt::format("{:016x}", fingerprint);
}

bool GroupNotice::firing() const {
  return std::any_of(alerts.begin(), alerts.end(),
                     [this](const NotifiedAlert& alert) { return !alert.ResolvedAt(at_ms); });
}

bool Notification::firing() const {
  return std::any_of(groups.begin(), groups.end(),
                     [](const GroupNotice& group) { return group.firing(); });
}

std::size_t Notification::alert_count() const {
  std::size_t count = 0;
  for (const GroupNotice& group : groups) count += group.alerts.size();
  return count;
}

std::string ToJsonText(const NotifiedAlert& alert) { return Dump(AlertToJson(alert)); }

Result<NotifiedAlert> ParseNotifiedAlert(std::string_view text) {
  const auto read = ParseJson(text);
  if (!read) return read.error();
  if (!read->is_object()) return Fail(ErrorCode::kParse, "an alert is an object");
  return AlertFromJson(*read);
}

// Written piece by piece, for the same reason as it is read so.
std::string ToJsonText(const Notification& notification, std::size_t alerts) {
  std::string text = Dump({{"id", notification.id},
                           {"kind", std::string(ToString(notification.kind))},
                           {"receiver", notification.receiver}});
  text.back() = ',';  // was the closing brace
  text += "\"groups\":[";
  for (const GroupNotice& group : notification.groups) {
    if (text.back() == '}') text += ',';
    text += Dump(
        {{"key", group.group_key}, {"labels", ToJson(group.group_labels)}, {"at_ms", group.at_ms}});
    text.back() = ',';
    text += "\"alerts\":[";
    const auto first = std::span(group.alerts).first(std::min(alerts, group.alerts.size()));
    for (const NotifiedAlert& alert : first) {
      if (text.back() == '}') text += ',';
      text += ToJsonText(alert);
    }
    text += "]}";
  }
  text += "]}";
  return text;
}

Result<Notification> ParseNotification(std::string_view text) {
  NotificationReader reader;
  const json read = json::parse(text, std::ref(reader), false);
  if (!read.is_object()) return Fail(ErrorCode::kParse, "a notification is a JSON object");
  Notification notification;
  notification.id = TextAt(read, "id");
  notification.kind = ParseNoticeKind(TextAt(read, "kind"));
  notification.receiver = TextAt(read, "receiver");
  notification.groups = reader.TakeGroups();
  return notification;
}

}  // namespace ecsward::notify
