// The policy of one channel: which of its letters are sent next, when, and what a failure means.
//
// Letters leave in the order in which they came. One at a time, as long as the channel's limit has
// room; once it had none, those that wait are merged, so that the 21st message of a minute is late
// but not lost. While the first waits to be tried again all others wait behind it: a resolved
// message never overtakes its firing one.
//
//   delivered                 → they go
//   failed                    → again after 1 s, 2 s, 4 s … 5 min, each with jitter; never before
//                               what Retry-After asked for (at most an hour)
//   failed 5 times or 15 min  → down: all that wait go to the fallback, those that come later, too;
//                               one of them is tried here whenever the backoff is over
//   refused                   → these go to the fallback; without one to the dead letters. Merged
//                               ones are first tried each alone, as only one may be to blame
//   budget used up            → to the fallback; without one they wait for the next day or month,
//                               to be sent merged
//   older than give_up_after  → after one more failure: to the fallback, or to the dead letters
//
// Pure: time and randomness are given to it, and it does nothing itself. Not thread-safe. `now_ms`
// is a time that is never set; `wall_ms` is the time of the calendar, for the budget alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "exporters/notify/channel.h"
#include "exporters/notify/delivery/budget.h"
#include "exporters/notify/delivery/rate_window.h"
#include "exporters/notify/notification.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

// Of a letter, what the queue needs to know; the letter itself is in the outbox.
struct QueuedLetter {
  std::int64_t row = 0;
  std::int64_t committed_at_ms = 0;
  std::int64_t first_failed_at_ms = 0;  // 0: it has not
  std::int64_t next_try_at_ms = 0;
  std::uint32_t alerts = 0;
  int attempts = 0;
  NoticeKind kind = NoticeKind::kAlerts;
  bool may_be_there = false;
  bool can_move = false;  // its fallback leads somewhere it has not been
  std::string came_from;  // as Letter has it
};

struct QueueRules {
  Fallback fallback = {};
  Budget budget = {};
  RateLimit rate_limit = {};
  std::chrono::milliseconds give_up_after{86'400'000};
  int cost = 1;  // what a message counts in the budget, at most
  // A failed attempt says what it has cost all the same; else it has cost nothing.
  bool failures_cost = false;
};

struct QueueStep {
  enum class Kind : std::uint8_t {
    kIdle,  // there is nothing
    kWait,  // until `until_ms`, unless a letter comes
    kSend,  // `letters` as one message; then Done
    kMove,  // `letters` have left the queue for the fallback
    kBury,  // `letters` have left the queue for the dead letters
  };
  Kind kind = Kind::kIdle;
  std::int64_t until_ms = 0;
  std::vector<QueuedLetter> letters;
  Attempt attempt;
  bool commit_first = false;    // what spent() says has to be on the disk before they are sent
  bool budget_warning = false;  // it is time for it
  std::string why;              // of kMove and kBury
};

class DeliveryQueue {
 public:
  static constexpr std::size_t kMaxMerged = 100;         // groups in one message
  static constexpr std::size_t kMaxMergedAlerts = 1000;  // unless a group alone has more
  static constexpr std::chrono::milliseconds kFirstBackoff{1'000}, kMaxBackoff{300'000},
      kMaxRetryAfter{3'600'000};

  // `random` gives numbers from [0, 1).
  DeliveryQueue(QueueRules rules, std::function<double()> random);
  void SetRules(QueueRules rules);
  // At the start: what the last run left, in order.
  void Restore(std::vector<QueuedLetter> letters, const Spent& spent, std::int64_t now_ms);
  void Push(QueuedLetter letter) { letters_.push_back(std::move(letter)); }
  // Of kMove, those that could not.
  void PutBack(std::vector<QueuedLetter> letters);

  // What to do now. Not between kSend and Done.
  QueueStep Next(std::int64_t now_ms, std::int64_t wall_ms);
  // How kSend went. The letters as they are now: gone when they were delivered, else still waiting.
  std::vector<QueuedLetter> Done(const Delivery& delivery, std::int64_t now_ms);

  // Everything leaves, because the channel does. Not between kSend and Done.
  std::vector<QueuedLetter> TakeAll();
  // Somebody changed the configuration: whether letters can still move.
  void ForEach(const std::function<void(QueuedLetter&)>& change);

  std::size_t size() const { return letters_.size(); }
  std::int64_t oldest_ms() const { return letters_.empty() ? 0 : letters_.front().committed_at_ms; }
  int failures() const { return failures_; }  // in a row
  bool Down(std::int64_t now_ms) const;
  Spent spent() const;
  const Budget& budget() const { return ledger_.budget(); }

 private:
  QueueStep Closed(std::int64_t now_ms, std::int64_t wall_ms);
  QueueStep Condemned();
  QueueStep Send(std::int64_t now_ms, std::int64_t wall_ms);
  std::size_t CountForNext() const;
  std::vector<QueuedLetter> TakeMovable(std::size_t among);
  std::vector<QueuedLetter> Take(std::size_t count);
  void Failed(const Delivery& delivery, std::int64_t now_ms);
  std::size_t CountOld(std::int64_t now_ms) const;
  bool can_merge() const { return rate_.limited() || ledger_.budget().limited(); }

  QueueRules rules_;
  std::function<double()> random_;
  std::deque<QueuedLetter> letters_;
  BudgetLedger ledger_;
  RateWindow rate_;

  std::size_t sending_ = 0;  // of the first; 0: none
  BudgetLedger::Charge charge_;
  int cost_ = 1;

  // Of the channel, since it last worked.
  int failures_ = 0;
  std::int64_t first_failed_at_ms_ = 0;
  std::int64_t retry_at_ms_ = 0;

  bool merge_ = false;         // letters wait because there was no room
  std::size_t singly_ = 0;     // of the first: refused when they were merged
  std::size_t condemned_ = 0;  // of the first: not to be tried here any more
  std::string condemned_why_;
};

}  // namespace ecsward::notify
