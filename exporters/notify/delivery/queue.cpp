#include "exporters/notify/delivery/queue.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <string_view>
#include <utility>

namespace ecsward::notify {
namespace {

QueueStep WaitUntil(std::int64_t ms) {
  QueueStep step;
  step.kind = QueueStep::Kind::kWait;
  step.until_ms = ms;
  return step;
}

QueueStep Leaving(QueueStep::Kind kind, std::vector<QueuedLetter> letters, std::string why) {
  QueueStep step;
  step.kind = kind;
  step.letters = std::move(letters);
  step.why = std::move(why);
  return step;
}

constexpr std::string_view kUsedUp = "the budget is used up";

}  // namespace

DeliveryQueue::DeliveryQueue(QueueRules rules, std::function<double()> random)
    : random_(std::move(random)) {
  SetRules(std::move(rules));
}

void DeliveryQueue::SetRules(QueueRules rules) {
  rules_ = std::move(rules);
  ledger_.SetBudget(rules_.budget);
  rate_.SetLimit(rules_.rate_limit);
  cost_ = std::max(1, rules_.cost);
}

void DeliveryQueue::Restore(std::vector<QueuedLetter> letters, const Spent& spent,
                            std::int64_t now_ms) {
  letters_.assign(std::make_move_iterator(letters.begin()), std::make_move_iterator(letters.end()));
  ledger_.Restore(spent);
  rate_.Restore(spent.recent_ms, now_ms);
  if (letters_.empty()) return;
  const QueuedLetter& first = letters_.front();
  failures_ = first.attempts;
  first_failed_at_ms_ = first.first_failed_at_ms;
  retry_at_ms_ = std::min(first.next_try_at_ms, now_ms + kMaxRetryAfter.count());
}

void DeliveryQueue::PutBack(std::vector<QueuedLetter> letters) {
  letters_.insert(letters_.begin(), std::make_move_iterator(letters.begin()),
                  std::make_move_iterator(letters.end()));
}

Spent DeliveryQueue::spent() const {
  Spent spent = ledger_.spent();
  spent.recent_ms = rate_.recent_ms();
  return spent;
}

bool DeliveryQueue::Down(std::int64_t now_ms) const {
  if (failures_ == 0) return false;
  return failures_ >= rules_.fallback.after_failures ||
         now_ms - first_failed_at_ms_ >= rules_.fallback.after.count();
}

QueueStep DeliveryQueue::Next(std::int64_t now_ms, std::int64_t wall_ms) {
  assert(sending_ == 0 && "Done comes first");
  if (letters_.empty()) {
    merge_ = false;
    return {};
  }
  if (condemned_ > 0) return Condemned();
  if (!ledger_.Allows(cost_, wall_ms)) return Closed(now_ms, wall_ms);
  if (now_ms < retry_at_ms_) {
    const bool can_move = std::any_of(letters_.begin(), letters_.end(),
                                      [](const QueuedLetter& letter) { return letter.can_move; });
    if (!can_move) return WaitUntil(retry_at_ms_);
    if (Down(now_ms)) {
      return Leaving(QueueStep::Kind::kMove, TakeMovable(letters_.size()), "the channel is down");
    }
    const std::int64_t down_at = first_failed_at_ms_ + rules_.fallback.after.count();
    return WaitUntil(std::min(retry_at_ms_, down_at));
  }
  if (rate_.Full(now_ms)) {
    merge_ = true;
    return WaitUntil(rate_.OpensAtMs());
  }
  return Send(now_ms, wall_ms);
}

// The budget is used up.
QueueStep DeliveryQueue::Closed(std::int64_t now_ms, std::int64_t wall_ms) {
  auto moved = TakeMovable(letters_.size());
  if (!moved.empty()) {
    return Leaving(QueueStep::Kind::kMove, std::move(moved), std::string(kUsedUp));
  }
  merge_ = true;
  condemned_ = CountOld(now_ms);
  condemned_why_ = kUsedUp;
  if (condemned_ > 0) return Condemned();
  const std::int64_t opens = now_ms + ledger_.OpensAtMs(cost_, wall_ms) - wall_ms;
  const std::int64_t too_old = letters_.front().committed_at_ms + rules_.give_up_after.count();
  return WaitUntil(std::min(opens, too_old));
}

QueueStep DeliveryQueue::Condemned() {
  auto moved = TakeMovable(condemned_);
  condemned_ -= moved.size();
  if (!moved.empty()) {
    return Leaving(QueueStep::Kind::kMove, std::move(moved), condemned_why_);
  }
  return Leaving(QueueStep::Kind::kBury, Take(std::exchange(condemned_, 0)), condemned_why_);
}

QueueStep DeliveryQueue::Send(std::int64_t now_ms, std::int64_t wall_ms) {
  QueueStep step;
  step.kind = QueueStep::Kind::kSend;
  sending_ = CountForNext();
  step.letters.assign(letters_.begin(), letters_.begin() + static_cast<std::ptrdiff_t>(sending_));
  const QueuedLetter& first = letters_.front();
  step.attempt = {first.attempts + 1, first.may_be_there};
  charge_ = ledger_.Reserve(cost_, wall_ms);
  rate_.Note(now_ms);
  step.commit_first = can_merge();
  step.budget_warning = ledger_.TakeWarning();
  return step;
}

// How many of the first make up the next message.
std::size_t DeliveryQueue::CountForNext() const {
  const QueuedLetter& first = letters_.front();
  // What may be there is sent again just as it was, so that it can be told for a duplicate.
  const bool again = first.may_be_there;
  if (singly_ > 0 || !(again || (merge_ && can_merge()))) return 1;
  std::size_t count = 1, alerts = first.alerts;
  for (; count < std::min(letters_.size(), kMaxMerged); ++count) {
    const QueuedLetter& letter = letters_[count];
    alerts += letter.alerts;
    if (letter.kind != first.kind || letter.may_be_there != again || alerts > kMaxMergedAlerts)
      break;
  }
  return count;
}

std::vector<QueuedLetter> DeliveryQueue::Done(const Delivery& delivery, std::int64_t now_ms) {
  assert(sending_ > 0 && "Next said nothing of sending");
  using Outcome = Delivery::Outcome;
  const bool delivered = delivery.outcome == Outcome::kDelivered;
  const std::size_t count = std::exchange(sending_, 0);
  // Of a message that may be there the money is gone; of one that failed for certain it is not.
  if (delivered) ledger_.Settle(charge_, delivery.messages);
  if (delivery.outcome == Outcome::kRetry || delivery.outcome == Outcome::kRefused) {
    ledger_.Settle(charge_, rules_.failures_cost ? delivery.messages : 0);
  }
  if (delivered) {
    cost_ = std::max(cost_, delivery.messages);
    failures_ = 0;
    first_failed_at_ms_ = retry_at_ms_ = 0;
    singly_ -= std::min(singly_, count);
    return Take(count);
  }
  const std::ptrdiff_t end = static_cast<std::ptrdiff_t>(count);
  std::for_each(letters_.begin(), letters_.begin() + end, [&](QueuedLetter& letter) {
    ++letter.attempts;
    if (letter.first_failed_at_ms == 0) letter.first_failed_at_ms = now_ms;
    letter.may_be_there |= delivery.outcome == Outcome::kUnclear;
  });
  if (delivery.outcome != Outcome::kRefused) {
    Failed(delivery, now_ms);
  } else if (count > 1) {
    singly_ = count;
  } else {
    singly_ -= std::min(singly_, count);
    condemned_ = count;
    condemned_why_ = delivery.problem;
  }
  return {letters_.begin(), letters_.begin() + end};
}

void DeliveryQueue::Failed(const Delivery& delivery, std::int64_t now_ms) {
  ++failures_;
  if (first_failed_at_ms_ == 0) first_failed_at_ms_ = now_ms;
  const int doublings = std::min(failures_ - 1, 20);
  const double longest = std::min(static_cast<double>(kFirstBackoff.count()) * (1 << doublings),
                                  static_cast<double>(kMaxBackoff.count()));
  const auto backoff = static_cast<std::int64_t>(longest * (0.5 + random_() / 2));
  const auto asked = std::min(delivery.retry_after.value_or(kFirstBackoff * 0), kMaxRetryAfter);
  retry_at_ms_ = now_ms + std::max<std::int64_t>(backoff, asked.count());
  letters_.front().next_try_at_ms = retry_at_ms_;
  if (delivery.retry_after) merge_ = true;  // the other side's limit is lower than ours
  condemned_ = CountOld(now_ms);
  condemned_why_ = delivery.problem;
}

std::vector<QueuedLetter> DeliveryQueue::TakeAll() {
  condemned_ = singly_ = 0;
  return Take(letters_.size());
}

void DeliveryQueue::ForEach(const std::function<void(QueuedLetter&)>& change) {
  for (QueuedLetter& letter : letters_) change(letter);
}

std::vector<QueuedLetter> DeliveryQueue::TakeMovable(std::size_t among) {
  const auto end = letters_.begin() + static_cast<std::ptrdiff_t>(among);
  const auto stays = std::stable_partition(
      letters_.begin(), end, [](const QueuedLetter& letter) { return letter.can_move; });
  return Take(static_cast<std::size_t>(stays - letters_.begin()));
}

std::vector<QueuedLetter> DeliveryQueue::Take(std::size_t count) {
  const auto end = letters_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<QueuedLetter> taken(std::make_move_iterator(letters_.begin()),
                                  std::make_move_iterator(end));
  letters_.erase(letters_.begin(), end);
  singly_ = std::min(singly_, letters_.size());
  return taken;
}

// Those at the front that are to be given up.
std::size_t DeliveryQueue::CountOld(std::int64_t now_ms) const {
  const auto young =
      std::find_if(letters_.begin(), letters_.end(), [&](const QueuedLetter& letter) {
        return now_ms - letter.committed_at_ms < rules_.give_up_after.count();
      });
  return static_cast<std::size_t>(young - letters_.begin());
}

}  // namespace ecsward::notify
