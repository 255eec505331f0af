#include "exporters/notify/content/notice_view.h"

#include <algorithm>
#include <unordered_map>

namespace ecsward::notify {

NoticeView::NoticeView(const Notification& notification) : notification_(notification) {
  const bool merged = notification.groups.size() > 1;
  std::unordered_map<std::uint64_t, std::size_t> places;
  alerts_.reserve(notification.alert_count());
  for (const GroupNotice& group : notification.groups) {
    at_ms_ = std::max(at_ms_, group.at_ms);
    for (const NotifiedAlert& alert : group.alerts) {
      const AlertView view{&alert, group.at_ms, alert.ResolvedAt(group.at_ms)};
      if (!merged) {
        alerts_.push_back(view);
        continue;
      }
      const auto [it, fresh] = places.emplace(Fingerprint(alert.labels), alerts_.size());
      if (fresh) {
        alerts_.push_back(view);
      } else if (view.at_ms >= alerts_[it->second].at_ms) {
        alerts_[it->second] = view;
      }
    }
  }
  const auto end = std::stable_partition(alerts_.begin(), alerts_.end(),
                                         [](const AlertView& view) { return !view.resolved; });
  firing_count_ = static_cast<std::size_t>(end - alerts_.begin());
}

void KeepCommon(LabelPairs& common, const LabelPairs& labels) {
  std::erase_if(common, [&](const LabelPair& pair) {
    const auto it = std::lower_bound(
        labels.begin(), labels.end(), pair.name,
        [](const LabelPair& other, const std::string& name) { return other.name < name; });
    return it == labels.end() || *it != pair;
  });
}

LabelPairs NoticeView::CommonLabels() const {
  if (alerts_.empty()) return {};
  LabelPairs common = alerts_.front().alert->labels;
  for (const AlertView& view : alerts_) KeepCommon(common, view.alert->labels);
  return common;
}

LabelPairs NoticeView::CommonAnnotations() const {
  if (alerts_.empty()) return {};
  LabelPairs common = alerts_.front().alert->annotations;
  for (const AlertView& view : alerts_) KeepCommon(common, view.alert->annotations);
  return common;
}

LabelPairs NoticeView::GroupLabels() const {
  if (notification_.groups.empty()) return {};
  LabelPairs common = notification_.groups.front().group_labels;
  for (const GroupNotice& group : notification_.groups) KeepCommon(common, group.group_labels);
  return common;
}

}  // namespace ecsward::notify
