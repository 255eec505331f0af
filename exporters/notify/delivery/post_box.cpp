#include "exporters/notify/delivery/post_box.h"

#include <algorithm>
#include <utility>

namespace ecsward::notify {

bool PostBox::Put(Posted posted, std::size_t limit) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (posted_.size() >= limit) return false;
    first = posted_.empty();
    posted_.push_back(std::move(posted));
  }
  if (first) wake_();
  return true;
}

void PostBox::PostPicture(std::vector<std::uint64_t> firing) {
  {
    const std::lock_guard lock(mutex_);
    picture_ = std::move(firing);
  }
  wake_();
}

bool PostBox::empty() const {
  const std::lock_guard lock(mutex_);
  return posted_.empty() && sorted_ == 0 && !picture_;
}

std::vector<PostBox::Posted> PostBox::TakePosted(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  const auto end = posted_.begin() + static_cast<std::ptrdiff_t>(std::min(limit, posted_.size()));
  std::vector<Posted> taken(std::make_move_iterator(posted_.begin()), std::make_move_iterator(end));
  posted_.erase(posted_.begin(), end);
  sorted_ += taken.size();  // at most; it is put right below
  return taken;
}

void PostBox::Sort(const Posted& posted) {
  Change change{posted.make(), posted.refresh};
  const std::uint64_t fingerprint = Fingerprint(change.alert.labels);
  std::vector<Change>& changes = changes_[fingerprint];
  if (changes.empty()) order_.push_back(fingerprint);
  const auto fires = [](const Change& of) { return of.alert.ends_at_ms == 0; };
  if (!changes.empty() && fires(changes.back()) == fires(change)) {
    change.refresh = change.refresh && changes.back().refresh;
    changes.back() = std::move(change);
    return;
  }
  changes.push_back(std::move(change));
  if (changes.size() > kMaxChanges) changes.erase(changes.begin() + 1, changes.begin() + 3);
}

std::vector<PostBox::Change> PostBox::Take(std::size_t limit) {
  if (order_.size() < limit) {
    for (const Posted& posted : TakePosted(limit - order_.size())) Sort(posted);
  }
  std::vector<Change> taken;
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
  const std::lock_guard lock(mutex_);
  sorted_ = order_.size();
  return taken;
}

std::optional<std::vector<std::uint64_t>> PostBox::TakePicture() {
  const std::lock_guard lock(mutex_);
  if (!order_.empty() || !posted_.empty()) return std::nullopt;
  return std::exchange(picture_, std::nullopt);
}

}  // namespace ecsward::notify
