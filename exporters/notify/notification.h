// What is told to people: values that travel from the dispatcher through the outbox to a channel.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/evidence.h"
#include "metrics/labels.h"

namespace ecsward::notify {

// An alert as Alertmanager has it. Times are milliseconds since 1970.
struct NotifiedAlert {
  LabelPairs labels;  // with the external labels
  LabelPairs annotations;
  std::int64_t starts_at_ms = 0;
  std::int64_t ends_at_ms = 0;  // 0: it fires on
  std::int64_t updated_at_ms = 0;
  double value = 0;  // now; of a resolved one: when it was resolved
  std::vector<Evidence> evidence;
  std::string generator_url;

  bool ResolvedAt(std::int64_t now_ms) const { return ends_at_ms != 0 && ends_at_ms <= now_ms; }
};

// What identifies an alert: the label set's hash as Prometheus computes it (FNV-1a, 64 bits, a 0xFF
// behind each name and value).
std::uint64_t Fingerprint(const LabelPairs& labels);
std::string FingerprintText(std::uint64_t fingerprint);  // 16 hex digits

// A group of alerts at one moment.
struct GroupNotice {
  std::string group_key;  // `{}/{team="web"}:{alertname="DiskFull"}`
  LabelPairs group_labels;
  std::vector<NotifiedAlert> alerts;  // firing ones first
  std::int64_t at_ms = 0;             // when it was decided

  bool firing() const;  // at least one alert is
};

enum class NoticeKind : std::uint8_t {
  kAlerts,
  kDrill,   // `ecsward test notification`: marked as one
  kBudget,  // a channel's budget is nearly, or all, used up: alerts has one that says so
};

std::string_view ToString(NoticeKind kind);         // "alerts", "drill", "budget"
NoticeKind ParseNoticeKind(std::string_view text);  // kAlerts when it is none of them

// What a channel delivers with one message; several groups when they were merged because the
// channel may not say more at once. In order: the oldest first.
struct Notification {
  std::string id;  // the same for every attempt; others can tell duplicates by it
  NoticeKind kind = NoticeKind::kAlerts;
  std::string receiver;  // the name in the configuration
  std::vector<GroupNotice> groups;

  bool firing() const;
  std::size_t alert_count() const;
};

// To and from the outbox. What is missing or of a wrong type is left out. errors: kParse
// Of each group the first alerts only, if need be.
std::string ToJsonText(const Notification& notification, std::size_t alerts = SIZE_MAX);
Result<Notification> ParseNotification(std::string_view json);
std::string ToJsonText(const NotifiedAlert& alert);
Result<NotifiedAlert> ParseNotifiedAlert(std::string_view json);

}  // namespace ecsward::notify
