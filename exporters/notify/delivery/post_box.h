// Where alerts wait for the notifier's thread: posting one costs a short lock, however many are
// there already, and nobody makes its text before that thread does.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "exporters/notify/notification.h"

namespace ecsward::notify {

// Posting and empty() are thread-safe, taking is one thread's.
class PostBox {
 public:
  // That nobody has looked at; what is dropped is said by Post.
  static constexpr std::size_t kMaxPosted = 100'000, kMaxRefreshes = 10'000;
  // Changes of one alert that nobody has taken: beyond, what happened in between is left out.
  static constexpr std::size_t kMaxChanges = 4;

  using Maker = std::function<NotifiedAlert()>;
  struct Change {
    NotifiedAlert alert;
    bool refresh = false;  // it is as it was, but for its value and texts
  };

  // `wake` is called under no lock when there is something after there was nothing.
  explicit PostBox(std::function<void()> wake) : wake_(std::move(wake)) {}

  // False: dropped.
  bool Post(Maker make) { return Put({std::move(make), false}, kMaxPosted); }
  bool Refresh(Maker make) { return Put({std::move(make), true}, kMaxRefreshes); }
  void PostPicture(std::vector<std::uint64_t> firing);
  bool empty() const;

  // The next change of each of up to `limit` alerts, those that came first before others. Of
  // several posts of one alert in the same state the last stands; firing, resolved and firing again
  // are three changes, taken one after the other.
  std::vector<Change> Take(std::size_t limit);
  // The latest picture, once all alerts that were posted before are taken.
  std::optional<std::vector<std::uint64_t>> TakePicture();

 private:
  struct Posted {
    Maker make;
    bool refresh = false;
  };
  bool Put(Posted posted, std::size_t limit);
  std::vector<Posted> TakePosted(std::size_t limit);
  void Sort(const Posted& posted);

  const std::function<void()> wake_;
  mutable std::mutex mutex_;  // guards the next three
  std::deque<Posted> posted_;
  std::optional<std::vector<std::uint64_t>> picture_;
  std::size_t sorted_ = 0;  // alerts in order_

  // The taking thread's.
  std::unordered_map<std::uint64_t, std::vector<Change>> changes_;  // by fingerprint
  std::deque<std::uint64_t> order_;                                 // whose turn it is
};

}  // namespace ecsward::notify
