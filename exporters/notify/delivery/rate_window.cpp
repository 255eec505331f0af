#include "exporters/notify/delivery/rate_window.h"

#include <algorithm>

namespace ecsward::notify {

void RateWindow::Restore(const std::vector<std::int64_t>& sent_ms, std::int64_t now_ms) {
  sent_ms_.clear();
  for (const std::int64_t sent : sent_ms) Note(std::min(sent, now_ms));
}

std::int64_t RateWindow::OpensAtMs() const {
  if (!limited() || sent_ms_.size() < messages()) return 0;
  return sent_ms_[sent_ms_.size() - messages()] + limit_.window.count();
}

void RateWindow::Note(std::int64_t now_ms) {
  if (!limited()) return;
  sent_ms_.push_back(now_ms);
  while (sent_ms_.size() > messages()) sent_ms_.pop_front();
}

}  // namespace ecsward::notify
