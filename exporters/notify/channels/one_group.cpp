#include "exporters/notify/channels/one_group.h"

#include "exporters/notify/content/notice_view.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kMostKeyBytes = 1024;

void AddKey(const std::string& key, std::string& keys) {
  if (keys.size() + key.size() > kMostKeyBytes || keys.find(key) != std::string::npos) return;
  if (!keys.empty()) keys += " + ";
  keys += key;
}

}  // namespace

GroupNotice AsOneGroup(const Notification& notification) {
  if (notification.groups.empty()) return {};
  if (notification.groups.size() == 1) return notification.groups.front();
  const NoticeView view(notification);
  GroupNotice one;
  for (const GroupNotice& group : notification.groups) AddKey(group.group_key, one.group_key);
  one.group_labels = view.GroupLabels();
  one.at_ms = view.at_ms();
  for (const AlertView& alert : view.alerts()) one.alerts.push_back(*alert.alert);
  return one;
}

}  // namespace ecsward::notify
