#include "exporters/notify/delivery/own_notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace ecsward::notify {
namespace {

Notification OfOneAlert(NoticeKind kind, std::string_view receiver, NotifiedAlert alert,
                        std::int64_t now_ms) {
  alert.labels = Normalized(std::move(alert.labels));
  alert.starts_at_ms = alert.updated_at_ms = now_ms;
  Notification notification;
  notification.kind = kind;
  notification.receiver = receiver;
  GroupNotice group;
  group.group_labels = {{"alertname", std::string(Get(alert.labels, "alertname"))}};
  group.group_key = "{}:" + ToString(group.group_labels);
  group.at_ms = now_ms;
  group.alerts.push_back(std::move(alert));
  notification.groups.push_back(std::move(group));
  return notification;
}

// "42 of 50 today", "420 of 500 this month"
std::string Used(std::string_view form, std::int64_t used, std::int64_t budget) {
  return budget > 0 ? fmt::format(fmt::runtime(form), used, budget) : std::string();
}

}  // namespace

Notification BudgetNotice(const ChannelFigures& channel, std::string_view language,
                          std::int64_t now_ms) {
  const bool english = language == "en";
  std::string used = Used(english ? "{} of {} today" : "今日已用 {}/{}", channel.budget_used_day,
                          channel.budget_day);
  const std::string month = Used(english ? "{} of {} this month" : "本月已用 {}/{}",
                                 channel.budget_used_month, channel.budget_month);
  if (!used.empty() && !month.empty()) used += english ? ", " : "，";
  used += month;
  NotifiedAlert alert;
  alert.labels = {
      {"alertname", "NotificationBudget"}, {"channel", channel.channel}, {"severity", "warning"}};
  alert.annotations = {
      {"description", english ? "When it is used up, notifications go to the fallback, or wait."
                              : "用完后，通知将转到备用接收人；没有备用接收人时将推迟发送。"},
      {"summary", fmt::format(fmt::runtime(english ? "Budget of {} is nearly used up: {}"
                                                   : "通知渠道 {} 的额度即将用完：{}"),
                              channel.channel, used)}};
  const auto share = [](std::int64_t of, std::int64_t budget) {
    return budget > 0 ? static_cast<double>(of) / static_cast<double>(budget) : 0.;
  };
  alert.value = std::max(share(channel.budget_used_day, channel.budget_day),
                         share(channel.budget_used_month, channel.budget_month));
  return OfOneAlert(NoticeKind::kBudget, "", std::move(alert), now_ms);
}

Notification DrillNotice(std::string_view receiver, const LabelPairs& host,
                         std::string_view language, std::int64_t now_ms) {
  const bool english = language == "en";
  NotifiedAlert alert;
  alert.labels = host;
  Set(alert.labels, "alertname", "NotificationDrill");
  Set(alert.labels, "severity", "info");
  alert.annotations = {{"summary", english ? "This is a drill: nothing is wrong."
                                           : "这是一次通知演练，没有发生故障。"}};
  return OfOneAlert(NoticeKind::kDrill, receiver, std::move(alert), now_ms);
}

}  // namespace ecsward::notify
