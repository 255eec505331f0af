#include "agent/notify_metrics.h"

namespace ecsward {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr auto kCounter = MetricType::kCounter;
constexpr std::string_view kChannel = "receiver,channel";

constexpr Metric kAlerts{"ecsward_notify_alerts", "Alerts that the notifier keeps.", kGauge};
constexpr Metric kGroups{"ecsward_notify_groups", "Groups that alerts are told in.", kGauge};
constexpr Metric kSilences{"ecsward_notify_silences", "Silences in force.", kGauge};
constexpr Metric kDead{"ecsward_notify_dead_letters",
                       "Notifications that had to be given up, and are kept to be looked at.",
                       kGauge};
constexpr Metric kStoreFailures{"ecsward_notify_store_failures_total",
                                "Attempts to keep notifications on the disk that failed.",
                                kCounter};
constexpr Metric kHeartbeats{"ecsward_notify_heartbeats_total", "Heartbeats that arrived.",
                             kCounter};
constexpr Metric kHeartbeatFailures{"ecsward_notify_heartbeat_failures_total",
                                    "Heartbeats that did not arrive.", kCounter};
constexpr Metric kHeartbeatSuccess{"ecsward_notify_heartbeat_last_success_timestamp_seconds",
                                   "When the last heartbeat arrived.", kGauge};

constexpr Metric kQueued{"ecsward_notify_queue_letters",
                         "Notifications that wait for a channel to deliver them.", kGauge,
                         kChannel};
constexpr Metric kAge{"ecsward_notify_queue_oldest_age_seconds",
                      "How long the oldest of them has waited; 0 when none does.", kGauge,
                      kChannel};
constexpr Metric kDelivered{"ecsward_notify_delivered_total", "Notifications that were delivered.",
                            kCounter, kChannel};
constexpr Metric kRetries{"ecsward_notify_retries_total",
                          "Attempts that failed and are made again.", kCounter, kChannel};
constexpr Metric kRefused{"ecsward_notify_refused_total",
                          "Notifications that the receiver will never take.", kCounter, kChannel};
constexpr Metric kUnclear{"ecsward_notify_repeated_total",
                          "Notifications sent again though they may have arrived before.", kCounter,
                          kChannel};
constexpr Metric kMerged{"ecsward_notify_merged_total",
                         "Notifications that went out together with others because the channel "
                         "takes no more messages.",
                         kCounter, kChannel};
constexpr Metric kFallbacks{"ecsward_notify_fallbacks_total",
                            "Notifications that went to the fallback receiver.", kCounter,
                            kChannel};
constexpr Metric kBuried{"ecsward_notify_given_up_total", "Notifications that were given up.",
                         kCounter, kChannel};
constexpr Metric kSuccess{"ecsward_notify_last_success_timestamp_seconds",
                          "When the channel last delivered something.", kGauge, kChannel};
constexpr Metric kFailures{"ecsward_notify_failures_total", "Attempts that failed, by reason.",
                           kCounter, "receiver,channel,reason"};
constexpr Metric kBudget{"ecsward_notify_budget_messages",
                         "What the channel may send within the day or month.", kGauge,
                         "receiver,channel,period"};
constexpr Metric kBudgetUsed{"ecsward_notify_budget_used_messages",
                             "What the channel has sent within the day or month.", kGauge,
                             "receiver,channel,period"};

constexpr const Metric* kAll[] = {&kAlerts,
                                  &kGroups,
                                  &kSilences,
                                  &kDead,
                                  &kStoreFailures,
                                  &kHeartbeats,
                                  &kHeartbeatFailures,
                                  &kHeartbeatSuccess,
                                  &kQueued,
                                  &kAge,
                                  &kDelivered,
                                  &kRetries,
                                  &kRefused,
                                  &kUnclear,
                                  &kMerged,
                                  &kFallbacks,
                                  &kBuried,
                                  &kSuccess,
                                  &kFailures,
                                  &kBudget,
                                  &kBudgetUsed};

void ReportBudget(const notify::ChannelFigures& of, std::string_view period, std::int64_t used,
                  std::int64_t allowed, Recorder& out) {
  if (allowed == 0) return;
  out.Set(kBudget, {of.receiver, of.channel, period}, static_cast<double>(allowed));
  out.Set(kBudgetUsed, {of.receiver, of.channel, period}, static_cast<double>(used));
}

void ReportChannel(const notify::ChannelFigures& of, Recorder& out) {
  const auto set = [&](const Metric& metric, double value) {
    out.Set(metric, {of.receiver, of.channel}, value);
  };
  set(kQueued, static_cast<double>(of.queued));
  set(kAge, of.oldest_age_seconds);
  set(kDelivered, static_cast<double>(of.delivered));
  set(kRetries, static_cast<double>(of.retries));
  set(kRefused, static_cast<double>(of.refused));
  set(kUnclear, static_cast<double>(of.duplicates_possible));
  set(kMerged, static_cast<double>(of.merged));
  set(kFallbacks, static_cast<double>(of.fallbacks));
  set(kBuried, static_cast<double>(of.buried));
  if (of.last_success_unix_seconds > 0) set(kSuccess, of.last_success_unix_seconds);
  for (const auto& [reason, count] : of.failures) {
    out.Set(kFailures, {of.receiver, of.channel, reason}, static_cast<double>(count));
  }
  ReportBudget(of, "day", of.budget_used_day, of.budget_day, out);
  ReportBudget(of, "month", of.budget_used_month, of.budget_month, out);
}

}  // namespace

std::span<const Metric* const> NotifyMetricsList() { return kAll; }

NotifyMetrics::NotifyMetrics(SeriesTable& table, const notify::Notifier& notifier)
    : notifier_(notifier), set_(table.AddSet()) {}

void NotifyMetrics::Report(MonoTime now) {
  if (now >= due_) {
    due_ = now + kEvery;
    figures_ = notifier_.on() ? notifier_.Figures() : notify::NotifierFigures();
  }
  set_.BeginRun();
  if (figures_.on) {
    Recorder out(set_);
    out.Set(kAlerts, static_cast<double>(figures_.alerts));
    out.Set(kGroups, static_cast<double>(figures_.groups));
    out.Set(kSilences, static_cast<double>(figures_.silences));
    out.Set(kDead, static_cast<double>(figures_.dead_letters));
    out.Set(kStoreFailures, static_cast<double>(figures_.store_failures));
    if (figures_.heartbeats + figures_.heartbeat_failures > 0) {
      out.Set(kHeartbeats, static_cast<double>(figures_.heartbeats));
      out.Set(kHeartbeatFailures, static_cast<double>(figures_.heartbeat_failures));
      out.Set(kHeartbeatSuccess, figures_.heartbeat_last_success_unix_seconds);
    }
    for (const notify::ChannelFigures& channel : figures_.channels) ReportChannel(channel, out);
  }
  set_.EndRun();
}

}  // namespace ecsward
