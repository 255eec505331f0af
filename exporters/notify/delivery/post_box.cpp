#include "exporters/notify/delivery/post_box.h"

#include <algorithm>
#include <utility>

namespace ecsward::notify {

bool PostBox::Post(NotifiedAlert alert) {
  const std::uint64_t fingerprint = Fingerprint(alert.labels);
  const std::lock_guard lock(mutex_);
  const auto known = changes_.find(fingerprint);
  if (known == changes_.end()) {
    if (changes_.size() >= kMaxAlerts) return false;
    changes_[fingerprint].push_back(std::move(alert));
    order_.push_back(fingerprint);
    return true;
  }
  std::vector<NotifiedAlert>& changes = known->second;
  if ((changes.back().ends_at_ms == 0) == (alert.ends_at_ms == 0)) {
    changes.back() = std::move(alert);
    return true;
  }
  changes.push_back(std::move(alert));
  if (changes.size() > kMaxChanges) changes.erase(changes.begin() + 1, changes.begin() + 3);
  return true;
}

void PostBox::PostPicture(std::vector<std::uint64_t> firing) {
  const std::lock_guard lock(mutex_);
  picture_ = std::move(firing);
}

std::vector<NotifiedAlert> PostBox::Take(std::size_t limit) {
  std::vector<NotifiedAlert> taken;
  const std::lock_guard lock(mutex_);
  taken.reserve(std::min(limit, order_.size()));
  for (std::size_t left = std::min(limit, order_.size()); left > 0; --left) {
    const std::uint64_t fingerprint = order_.front();
    order_.pop_front();
    const auto changes = changes_.find(fingerprint);
    taken.push_back(std::move(changes->second.front()));
    changes->second.erase(changes->second.begin());
    if (changes->second.empty()) {
      changes_.erase(changes);
    } else {
      order_.push_back(fingerprint);
    }
  }
  return taken;
}

std::optional<std::vector<std::uint64_t>> PostBox::TakePicture() {
  const std::lock_guard lock(mutex_);
  if (!order_.empty()) return std::nullopt;
  return std::exchange(picture_, std::nullopt);
}

bool PostBox::empty() const {
  const std::lock_guard lock(mutex_);
  return order_.empty() && !picture_;
}

}  // namespace ecsward::notify
