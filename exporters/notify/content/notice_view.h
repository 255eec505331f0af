// A notification looked at as one group, however many were merged into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "exporters/notify/notification.h"

namespace ecsward::notify {

struct AlertView {
  const NotifiedAlert* alert = nullptr;
  std::int64_t at_ms = 0;  // when this was decided
  bool resolved = false;
};

// Views of the notification, which outlives this.
class NoticeView {
 public:
  explicit NoticeView(const Notification& notification);

  // Firing ones first. An alert that several of the merged groups tell of is there once, as the
  // last of them has it.
  const std::vector<AlertView>& alerts() const { return alerts_; }
  std::size_t firing_count() const { return firing_count_; }
  std::size_t resolved_count() const { return alerts_.size() - firing_count_; }
  bool firing() const { return firing_count_ > 0; }
  std::int64_t at_ms() const { return at_ms_; }  // of the last group

  // What all of them have.
  LabelPairs CommonLabels() const;
  LabelPairs CommonAnnotations() const;
  LabelPairs GroupLabels() const;

 private:
  const Notification& notification_;
  std::vector<AlertView> alerts_;
  std::size_t firing_count_ = 0;
  std::int64_t at_ms_ = 0;
};

// Takes away from `common` what `labels` does not have.
void KeepCommon(LabelPairs& common, const LabelPairs& labels);

}  // namespace ecsward::notify
