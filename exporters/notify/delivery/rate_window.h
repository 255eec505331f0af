// How many messages a channel has sent within its window.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "exporters/notify/routing.h"

namespace ecsward::notify {

// Times are milliseconds and never go back.
class RateWindow {
 public:
  void SetLimit(const RateLimit& limit) { limit_ = limit; }
  // What an earlier run has sent. Times that are still to come by this clock count as now.
  void Restore(const std::vector<std::int64_t>& sent_ms, std::int64_t now_ms);

  bool limited() const { return limit_.messages > 0; }
  bool Full(std::int64_t now_ms) const { return limited() && OpensAtMs() > now_ms; }
  // When one more may be sent.
  std::int64_t OpensAtMs() const;
  void Note(std::int64_t now_ms);
  // What Restore needs.
  std::vector<std::int64_t> recent_ms() const { return {sent_ms_.begin(), sent_ms_.end()}; }

 private:
  std::size_t messages() const { return static_cast<std::size_t>(limit_.messages); }

  RateLimit limit_;
  std::deque<std::int64_t> sent_ms_;  // the last of them, no more than the limit counts
};

}  // namespace ecsward::notify
