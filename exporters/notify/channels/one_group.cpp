#include "exporters/notify/channels/one_group.h"

#include <algorithm>
#include <unordered_map>

namespace ecsward::notify {
namespace {

constexpr std::size_t kMostKeyBytes = 1024;

LabelPairs Shared(const LabelPairs& a, const LabelPairs& b) {
  LabelPairs shared;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(shared));
  return shared;
}

void AddKey(const std::string& key, std::string& keys) {
  if (keys.size() + key.size() > kMostKeyBytes || keys.find(key) != std::string::npos) return;
  if (!keys.empty()) keys += " + ";
  keys += key;
}

}  // namespace

GroupNotice AsOneGroup(const Notification& notification) {
  if (notification.groups.empty()) return {};
  if (notification.groups.size() == 1) return notification.groups.front();
  GroupNotice one;
  one.group_labels = notification.groups.front().group_labels;
  std::unordered_map<std::uint64_t, std::size_t> places;
  for (const GroupNotice& group : notification.groups) {
    AddKey(group.group_key, one.group_key);
    one.group_labels = Shared(one.group_labels, group.group_labels);
    one.at_ms = std::max(one.at_ms, group.at_ms);
    for (const NotifiedAlert& alert : group.alerts) {
      const auto [place, is_new] = places.try_emplace(Fingerprint(alert.labels), one.alerts.size());
      if (is_new) {
        one.alerts.push_back(alert);
      } else {
        one.alerts[place->second] = alert;
      }
    }
  }
  std::stable_partition(one.alerts.begin(), one.alerts.end(),
                        [&](const NotifiedAlert& alert) { return !alert.ResolvedAt(one.at_ms); });
  return one;
}

}  // namespace ecsward::notify
