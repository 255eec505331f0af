// Where alerts wait for the notifier's thread: posting one costs a hash and a short lock, however
// many are there already.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "exporters/notify/notification.h"

namespace ecsward::notify {

// Thread-safe.
class PostBox {
 public:
  // Distinct alerts. More than that are the rules' mistake; what is dropped is counted.
  static constexpr std::size_t kMaxAlerts = 50'000;
  // Changes of one alert that nobody has looked at: beyond, what happened in between is left out.
  static constexpr std::size_t kMaxChanges = 4;

  // False: dropped. Of several posts of one alert in the same state the last stands; firing,
  // resolved, and firing again are three changes, taken one after the other.
  bool Post(NotifiedAlert alert);
  void PostPicture(std::vector<std::uint64_t> firing);

  // The next change of each of up to `limit` alerts, those that came first before others.
  std::vector<NotifiedAlert> Take(std::size_t limit);
  // The latest picture, once all alerts that were posted are taken.
  std::optional<std::vector<std::uint64_t>> TakePicture();
  bool empty() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::vector<NotifiedAlert>> changes_;  // by fingerprint
  std::deque<std::uint64_t> order_;                                        // whose turn it is
  std::optional<std::vector<std::uint64_t>> picture_;
};

}  // namespace ecsward::notify
