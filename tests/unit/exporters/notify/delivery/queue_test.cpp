#include "exporters/notify/delivery/queue.h"

#include <gtest/gtest.h>

#include <set>

namespace ecsward::notify {
namespace {

using Kind = QueueStep::Kind;
using Outcome = Delivery::Outcome;
using std::chrono::milliseconds;

constexpr std::int64_t kSecond = 1'000, kMinute = 60'000, kHour = 3'600'000, kDay = 24 * kHour;
// 2026-11-28 10:00 in Beijing.
constexpr std::int64_t kStart = 1'795'831'200'000;

Delivery Fails(Outcome outcome = Outcome::kRetry) {
  Delivery delivery;
  delivery.outcome = outcome;
  delivery.problem = "no";
  return delivery;
}

std::vector<std::int64_t> Rows(const std::vector<QueuedLetter>& letters) {
  std::vector<std::int64_t> rows;
  for (const QueuedLetter& letter : letters) rows.push_back(letter.row);
  return rows;
}

// A queue, a clock, and somebody who does what it says.
class DeliveryQueueTest : public testing::Test {
 protected:
  using List = std::vector<std::int64_t>;

  void Push(int count = 1) {
    for (int i = 0; i < count; ++i) queue_.Push(Letter());
  }
  QueuedLetter Letter() {
    QueuedLetter letter;
    letter.row = ++row_;
    letter.committed_at_ms = now_;
    letter.alerts = 1;
    letter.can_move = can_move_;
    return letter;
  }
  QueueStep Next() { return queue_.Next(now_, now_); }
  // Sends until there is nothing to send now; what was sent, message by message.
  std::vector<List> SendAll(const Delivery& answer = {}) {
    std::vector<List> messages;
    for (;;) {
      step_ = Next();
      if (step_.kind != Kind::kSend) return messages;
      messages.push_back(Rows(step_.letters));
      queue_.Done(answer, now_);
    }
  }
  // One attempt, which is due.
  void Attempt(const Delivery& answer) {
    step_ = Next();
    ASSERT_EQ(step_.kind, Kind::kSend);
    queue_.Done(answer, now_);
  }
  void WaitAsTold() {
    step_ = Next();
    ASSERT_EQ(step_.kind, Kind::kWait);
    ASSERT_GT(step_.until_ms, now_);
    now_ = step_.until_ms;
  }
  void SetRules(QueueRules rules) { queue_.SetRules(std::move(rules)); }

  double random_ = 1;  // as good as: the longest backoff
  DeliveryQueue queue_{{}, [this] { return random_; }};
  QueueStep step_;
  std::int64_t now_ = kStart, row_ = 0;
  bool can_move_ = false;
};

TEST_F(DeliveryQueueTest, SendsOneAtATimeInOrder) {
  EXPECT_EQ(Next().kind, Kind::kIdle);
  Push(3);
  EXPECT_EQ(SendAll(), (std::vector<List>{{1}, {2}, {3}}));
  EXPECT_EQ(step_.kind, Kind::kIdle);
}

TEST_F(DeliveryQueueTest, TheRestWaitsBehindOneThatFails) {
  Push(3);
  EXPECT_EQ(SendAll(Fails()), (std::vector<List>{{1}}));
  Push();
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{1}, {2}, {3}, {4}}));
}

TEST_F(DeliveryQueueTest, BacksOffTwiceAsLongEachTimeUpToFiveMinutes) {
  Push();
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 11; ++i) {
    Attempt(Fails());
    const std::int64_t before = now_;
    WaitAsTold();
    waits.push_back((now_ - before) / kSecond);
  }
  EXPECT_EQ(waits, (List{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}));
  Attempt({});
  Push();
  Attempt(Fails());
  EXPECT_EQ(Next().until_ms, now_ + kSecond) << "a success begins anew";
}

TEST_F(DeliveryQueueTest, JitterTakesUpToHalfOfABackoff) {
  Push();
  random_ = 0;
  Attempt(Fails());
  EXPECT_EQ(Next().until_ms, now_ + kSecond / 2);
}

TEST_F(DeliveryQueueTest, HonoursWhatRetryAfterAsksForUpToAnHour) {
  Push();
  Delivery busy = Fails();
  busy.retry_after = milliseconds(90 * kSecond);
  Attempt(busy);
  EXPECT_EQ(Next().until_ms, now_ + 90 * kSecond);
  WaitAsTold();
  busy.retry_after = milliseconds(1'000 * kDay);
  Attempt(busy);
  EXPECT_EQ(Next().until_ms, now_ + kHour);
  WaitAsTold();
  busy.retry_after = milliseconds(1);
  Attempt(busy);
  EXPECT_EQ(Next().until_ms, now_ + 4 * kSecond) << "less than the backoff is none";
}

TEST_F(DeliveryQueueTest, CountsAttemptsAndTellsWhatMayBeThere) {
  Push();
  Attempt(Fails());
  EXPECT_EQ(step_.attempt.number, 1);
  EXPECT_FALSE(step_.attempt.may_be_there);
  WaitAsTold();
  Attempt(Fails(Outcome::kUnclear));
  EXPECT_EQ(step_.attempt.number, 2);
  EXPECT_FALSE(step_.attempt.may_be_there);
  WaitAsTold();
  Attempt(Fails());
  EXPECT_TRUE(step_.attempt.may_be_there);
  WaitAsTold();
  step_ = Next();
  EXPECT_EQ(step_.attempt.number, 4);
  EXPECT_TRUE(step_.attempt.may_be_there) << "what was unclear once stays so";
}

// --- the limit of a channel ---

TEST_F(DeliveryQueueTest, The21stMessageOfAMinuteIsMergedNotLost) {
  SetRules({.rate_limit = {20, milliseconds(kMinute)}});
  Push(21);
  const auto sent = SendAll();
  ASSERT_EQ(sent.size(), 20u);
  EXPECT_EQ(sent.back(), List{20});
  now_ += 30 * kSecond;
  Push(2);  // they come while it waits
  WaitAsTold();
  EXPECT_EQ(now_, kStart + kMinute);
  EXPECT_EQ(SendAll(), (std::vector<List>{{21, 22, 23}}));
  Push(2);
  EXPECT_EQ(SendAll(), (std::vector<List>{{24}, {25}})) << "there is room again";
}

TEST_F(DeliveryQueueTest, TheWindowSlides) {
  SetRules({.rate_limit = {2, milliseconds(kMinute)}});
  Push();
  SendAll();
  now_ += 50 * kSecond;
  Push(3);
  EXPECT_EQ(SendAll(), (std::vector<List>{{2}}));
  EXPECT_EQ(step_.until_ms, kStart + kMinute);
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{3, 4}}));
  Push();
  SendAll();
  EXPECT_EQ(step_.until_ms, kStart + 110 * kSecond);
}

TEST_F(DeliveryQueueTest, MergesABoundedNumber) {
  SetRules({.rate_limit = {1, milliseconds(kMinute)}});
  Push(1 + 250);
  SendAll();
  std::vector<std::size_t> sizes;
  while (queue_.size() > 0) {
    WaitAsTold();
    for (const List& message : SendAll()) sizes.push_back(message.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{100, 100, 50}));
}

TEST_F(DeliveryQueueTest, MergesNoMoreAlertsThanOneCanRead) {
  SetRules({.rate_limit = {1, milliseconds(kMinute)}});
  Push();
  for (const std::uint32_t alerts : {5'000u, 600u, 400u, 1u}) {
    QueuedLetter letter = Letter();
    letter.alerts = alerts;
    queue_.Push(letter);
  }
  SendAll();
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{2}})) << "one alone may have as many as it has";
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{3, 4}}));
}

TEST_F(DeliveryQueueTest, ADrillIsNotMergedWithAlerts) {
  SetRules({.rate_limit = {1, milliseconds(kMinute)}});
  Push(2);
  QueuedLetter drill = Letter();
  drill.kind = NoticeKind::kDrill;
  queue_.Push(drill);
  SendAll();
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{2}}));
}

TEST_F(DeliveryQueueTest, AChannelWithoutALimitIsNeverMerged) {
  Push(3);
  Delivery busy = Fails();
  busy.retry_after = milliseconds(kMinute);
  Attempt(busy);
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{1}, {2}, {3}}));
}

TEST_F(DeliveryQueueTest, MergesWhenTheOtherSideSaysThatItIsTooMuch) {
  SetRules({.rate_limit = {20, milliseconds(kMinute)}});
  Push(3);
  Delivery busy = Fails();
  busy.retry_after = milliseconds(kMinute);
  Attempt(busy);
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{1, 2, 3}}));
}

TEST_F(DeliveryQueueTest, WhatMayBeThereIsSentAgainJustAsItWas) {
  SetRules({.rate_limit = {1, milliseconds(kSecond / 10)}});
  Push(3);
  SendAll();
  WaitAsTold();
  Attempt(Fails(Outcome::kUnclear));
  EXPECT_EQ(Rows(step_.letters), (List{2, 3}));
  Push(2);
  WaitAsTold();
  Attempt({});
  EXPECT_EQ(Rows(step_.letters), (List{2, 3}));
  EXPECT_TRUE(step_.attempt.may_be_there);
}

TEST_F(DeliveryQueueTest, ARestartDoesNotForgetWhatWasSent) {
  const QueueRules rules{.rate_limit = {2, milliseconds(kMinute)}};
  SetRules(rules);
  Push(2);
  SendAll();
  DeliveryQueue after(rules, [] { return 0.; });
  after.Restore({Letter()}, queue_.spent(), now_ + kSecond);
  const QueueStep step = after.Next(now_ + kSecond, now_ + kSecond);
  EXPECT_EQ(step.kind, Kind::kWait);
  EXPECT_EQ(step.until_ms, kStart + kMinute);
}

TEST_F(DeliveryQueueTest, TimesThatAreStillToComeCountAsNow) {
  SetRules({.rate_limit = {1, milliseconds(kMinute)}});
  Spent spent;
  spent.recent_ms = {now_ + kDay};
  queue_.Restore({Letter()}, spent, now_);
  EXPECT_EQ(Next().until_ms, now_ + kMinute);
}

TEST_F(DeliveryQueueTest, SaysWhatHasToBeOnTheDiskFirst) {
  Push();
  EXPECT_FALSE(Next().commit_first);
  queue_.Done({}, now_);
  SetRules({.rate_limit = {1, milliseconds(kMinute)}});
  Push();
  EXPECT_TRUE(Next().commit_first);
  EXPECT_EQ(queue_.spent().recent_ms, List{now_});
}

// --- the fallback ---

TEST_F(DeliveryQueueTest, AfterFiveFailuresAllThatWaitGoToTheFallback) {
  can_move_ = true;
  SetRules({.fallback = {"oncall", 5, milliseconds(kHour)}});
  Push(3);
  for (int i = 0; i < 4; ++i) {
    Attempt(Fails());
    EXPECT_FALSE(queue_.Down(now_));
    WaitAsTold();
  }
  Attempt(Fails());
  step_ = Next();
  EXPECT_EQ(step_.kind, Kind::kMove);
  EXPECT_EQ(Rows(step_.letters), (List{1, 2, 3}));
  EXPECT_EQ(Next().kind, Kind::kIdle);
}

TEST_F(DeliveryQueueTest, ADownChannelIsTriedOnceABackoffAndTakesOverWhenItWorks) {
  can_move_ = true;
  SetRules({.fallback = {"oncall", 1, milliseconds(kHour)}});
  Push();
  Attempt(Fails());
  EXPECT_EQ(Next().kind, Kind::kMove);
  Push();
  step_ = Next();
  EXPECT_EQ(step_.kind, Kind::kMove) << "before the backoff is over nothing is tried";
  EXPECT_EQ(Rows(step_.letters), List{2});
  now_ += kSecond;
  Push(2);
  Attempt(Fails());
  EXPECT_EQ(Rows(step_.letters), List{3});
  EXPECT_EQ(Rows(Next().letters), (List{3, 4}));
  now_ += kMinute;
  Push(2);
  EXPECT_EQ(SendAll(), (std::vector<List>{{5}, {6}}));
  EXPECT_FALSE(queue_.Down(now_));
}

TEST_F(DeliveryQueueTest, AfterFifteenMinutesOfFailingTheyGoToTheFallback) {
  can_move_ = true;
  SetRules({.fallback = {"oncall", 1'000, milliseconds(15 * kMinute)}});
  Push();
  Delivery busy = Fails();
  busy.retry_after = milliseconds(kHour);
  Attempt(busy);
  WaitAsTold();
  EXPECT_EQ(now_, kStart + 15 * kMinute) << "it does not wait for the next attempt";
  EXPECT_EQ(Next().kind, Kind::kMove);
}

TEST_F(DeliveryQueueTest, WhoeverCannotMoveStaysAndIsTriedAgain) {
  SetRules({.fallback = {"oncall", 1, milliseconds(kHour)}});
  Push();
  can_move_ = true;
  Push(2);
  can_move_ = false;
  Push();
  Attempt(Fails());
  EXPECT_EQ(Rows(Next().letters), (List{2, 3}));
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{1}, {4}}));
}

TEST_F(DeliveryQueueTest, WhatIsRefusedGoesAtOnceAndAlone) {
  can_move_ = true;
  Push(2);
  Attempt(Fails(Outcome::kRefused));
  step_ = Next();
  EXPECT_EQ(step_.kind, Kind::kMove);
  EXPECT_EQ(Rows(step_.letters), List{1});
  EXPECT_EQ(step_.why, "no");
  EXPECT_EQ(SendAll(), (std::vector<List>{{2}}));
}

TEST_F(DeliveryQueueTest, WhatIsRefusedWithoutAFallbackIsADeadLetter) {
  Push(2);
  Attempt(Fails(Outcome::kRefused));
  step_ = Next();
  EXPECT_EQ(step_.kind, Kind::kBury);
  EXPECT_EQ(Rows(step_.letters), List{1});
  EXPECT_EQ(SendAll(), (std::vector<List>{{2}}));
}

TEST_F(DeliveryQueueTest, OfMergedOnesThatAreRefusedOnlyTheGuiltyOneIsGivenUp) {
  SetRules({.rate_limit = {1, milliseconds(kSecond)}});
  Push(4);
  SendAll();
  WaitAsTold();
  Attempt(Fails(Outcome::kRefused));
  EXPECT_EQ(Rows(step_.letters), (List{2, 3, 4}));
  WaitAsTold();
  Attempt({});
  EXPECT_EQ(Rows(step_.letters), List{2});
  WaitAsTold();
  Attempt(Fails(Outcome::kRefused));
  EXPECT_EQ(Rows(step_.letters), List{3});
  step_ = Next();
  EXPECT_EQ(step_.kind, Kind::kBury);
  EXPECT_EQ(Rows(step_.letters), List{3});
  Push();
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{4}}));
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{5}}));
}

// --- the horizon ---

TEST_F(DeliveryQueueTest, GivesUpAfterADay) {
  Push();
  now_ += kHour;
  Push();
  int attempts = 0;
  for (;; ++attempts) {
    step_ = Next();
    if (step_.kind == Kind::kBury) break;
    if (step_.kind == Kind::kWait) {
      now_ = step_.until_ms;
    } else {
      queue_.Done(Fails(), now_);
    }
  }
  EXPECT_EQ(Rows(step_.letters), List{1});
  EXPECT_GE(now_, kStart + kDay);
  EXPECT_LE(now_, kStart + kDay + 5 * kMinute);
  EXPECT_EQ(step_.why, "no");
  EXPECT_GT(attempts, 270);
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{2}}));
}

TEST_F(DeliveryQueueTest, WhatIsTooOldIsTriedOnceMoreAllTheSame) {
  Push(3);
  now_ += 3 * kDay;  // the host was off
  EXPECT_EQ(SendAll(), (std::vector<List>{{1}, {2}, {3}}));
  Push(3);
  now_ += 3 * kDay;
  Push();
  Attempt(Fails());
  step_ = Next();
  EXPECT_EQ(step_.kind, Kind::kBury);
  EXPECT_EQ(Rows(step_.letters), (List{4, 5, 6})) << "one failure speaks for all of that age";
  EXPECT_EQ(queue_.size(), 1u);
}

TEST_F(DeliveryQueueTest, WhatIsTooOldPrefersTheFallback) {
  can_move_ = true;
  SetRules({.fallback = {"oncall", 1'000, milliseconds(100 * kDay)}});
  Push();
  now_ += 2 * kDay;
  Attempt(Fails());
  EXPECT_EQ(Next().kind, Kind::kMove);
}

// --- the budget ---

TEST_F(DeliveryQueueTest, SpendsNoMoreThanADayAllows) {
  SetRules({.budget = {3, 0, ""}});
  Push(5);
  EXPECT_EQ(SendAll(), (std::vector<List>{{1}, {2}, {3}}));
  EXPECT_EQ(step_.kind, Kind::kWait);
  EXPECT_EQ(step_.until_ms, kStart + 14 * kHour) << "midnight in Beijing";
  WaitAsTold();
  EXPECT_EQ(SendAll(), (std::vector<List>{{4, 5}})) << "what had to wait costs one message";
}

TEST_F(DeliveryQueueTest, SpendsNoMoreThanAMonthAllows) {
  SetRules({.budget = {0, 2, ""}, .give_up_after = milliseconds(30 * kDay)});
  Push(3);
  EXPECT_EQ(SendAll().size(), 2u);
  EXPECT_EQ(step_.until_ms, kStart + 2 * kDay + 14 * kHour) << "the first of December";
  WaitAsTold();
  EXPECT_EQ(SendAll().size(), 1u);
}

TEST_F(DeliveryQueueTest, ABudgetThatIsUsedUpLeadsToTheFallback) {
  can_move_ = true;
  SetRules({.budget = {2, 0, ""}});
  Push(4);
  EXPECT_EQ(SendAll().size(), 2u);
  EXPECT_EQ(step_.kind, Kind::kMove);
  EXPECT_EQ(Rows(step_.letters), (List{3, 4}));
  Push();
  EXPECT_EQ(Next().kind, Kind::kMove);
}

TEST_F(DeliveryQueueTest, HeldByABudgetBeyondTheHorizonItIsADeadLetter) {
  SetRules({.budget = {0, 1, ""}, .give_up_after = milliseconds(kHour)});
  Push(2);
  SendAll();
  EXPECT_EQ(step_.until_ms, kStart + kHour);
  now_ = step_.until_ms;
  step_ = Next();
  EXPECT_EQ(step_.kind, Kind::kBury);
  EXPECT_EQ(step_.why, "the budget is used up");
}

TEST_F(DeliveryQueueTest, IsSpentBeforeItIsSentAndGivenBackWhenItCertainlyWasNot) {
  SetRules({.budget = {2, 0, ""}});
  Push(3);
  Next();
  EXPECT_EQ(queue_.spent().in_day, 1);
  queue_.Done(Fails(), now_);
  EXPECT_EQ(queue_.spent().in_day, 0);
  WaitAsTold();
  Attempt(Fails(Outcome::kUnclear));
  EXPECT_EQ(queue_.spent().in_day, 1);
  WaitAsTold();
  Attempt(Fails(Outcome::kRefused));
  EXPECT_EQ(queue_.spent().in_day, 1);
  EXPECT_EQ(Next().kind, Kind::kBury);
  now_ += kMinute;
  Attempt({});
  EXPECT_EQ(queue_.spent().in_day, 2);
  EXPECT_EQ(queue_.spent().in_month, 2);
  EXPECT_EQ(Next().kind, Kind::kWait);
}

TEST_F(DeliveryQueueTest, KnowsWhatAMessageCosts) {
  SetRules({.budget = {7, 0, ""}, .cost = 3});
  Push(3);
  Delivery three;
  three.messages = 3;
  EXPECT_EQ(SendAll(three).size(), 2u) << "three numbers each: a third would make nine";
  EXPECT_EQ(queue_.spent().in_day, 6);
}

TEST_F(DeliveryQueueTest, WhatAFailureHasCostIsSpentWhereItSaysSo) {
  QueueRules rules{.budget = {7, 0, ""}, .cost = 3};
  Delivery two_of_three = Fails();
  two_of_three.messages = 2;
  SetRules(rules);
  Push();
  Attempt(two_of_three);
  EXPECT_EQ(queue_.spent().in_day, 0);
  WaitAsTold();
  rules.failures_cost = true;
  SetRules(rules);
  Attempt(two_of_three);
  EXPECT_EQ(queue_.spent().in_day, 2);
}

TEST_F(DeliveryQueueTest, LearnsWhatAMessageCosts) {
  SetRules({.budget = {7, 0, ""}});
  Push(3);
  Delivery three;
  three.messages = 3;
  EXPECT_EQ(SendAll(three).size(), 2u);
}

TEST_F(DeliveryQueueTest, WarnsOnceADayAtFourFifths) {
  SetRules({.budget = {5, 0, ""}});
  Push(12);
  std::vector<int> warned;
  for (int day = 0; day < 2; ++day) {
    for (int message = 1;; ++message) {
      step_ = Next();
      if (step_.kind != Kind::kSend) break;
      if (step_.budget_warning) warned.push_back(message);
      queue_.Done({}, now_);
    }
    Push(12);
    if (step_.kind == Kind::kWait) now_ = step_.until_ms;
  }
  EXPECT_EQ(warned, std::vector<int>{4});
}

TEST_F(DeliveryQueueTest, WhatWasSpentIsStillSpentAfterARestart) {
  const QueueRules rules{.budget = {3, 0, ""}};
  SetRules(rules);
  Push(2);
  SendAll();
  Push();
  Next();  // and the host loses its power
  DeliveryQueue after(rules, [] { return 0.; });
  after.Restore({Letter()}, queue_.spent(), now_);
  EXPECT_EQ(after.Next(now_, now_).kind, Kind::kWait);
}

// --- the rest ---

TEST_F(DeliveryQueueTest, ARestartKeepsTheBackoffAndTheCountOfFailures) {
  can_move_ = true;
  QueuedLetter letter = Letter();
  letter.attempts = 4;
  letter.first_failed_at_ms = now_ - kMinute;
  letter.next_try_at_ms = now_ + kMinute;
  queue_.Restore({letter}, {}, now_);
  EXPECT_EQ(Next().until_ms, now_ + kMinute);
  now_ += kMinute;
  Attempt(Fails());
  EXPECT_EQ(Next().kind, Kind::kMove) << "the fifth failure";
}

TEST_F(DeliveryQueueTest, ANextTryFarAwayIsAClockThatWasWrong) {
  QueuedLetter letter = Letter();
  letter.next_try_at_ms = now_ + 400 * kDay;
  queue_.Restore({letter}, {}, now_);
  EXPECT_EQ(Next().until_ms, now_ + kHour);
}

TEST_F(DeliveryQueueTest, EverythingCanBeTakenOut) {
  Push(3);
  Attempt(Fails(Outcome::kRefused));
  EXPECT_EQ(Rows(queue_.TakeAll()), (List{1, 2, 3}));
  EXPECT_EQ(Next().kind, Kind::kIdle);
}

// Whatever a channel answers: each letter is delivered, moved or buried once, in order, and the
// limits hold.
TEST_F(DeliveryQueueTest, WhateverHappensNothingIsLostAndNoLimitIsPassed) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::uint64_t state = seed * 0x9e3779b97f4a7c15u;
    const auto random = [&state](std::uint64_t below) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      return (state >> 33) % below;
    };
    QueueRules rules;
    rules.rate_limit = {static_cast<int>(random(4)), milliseconds(10 * kSecond)};
    rules.budget.per_day = static_cast<std::int64_t>(random(3) == 0 ? 7 : 0);
    rules.fallback = {"f", static_cast<int>(1 + random(6)), milliseconds(10 * kMinute)};
    rules.give_up_after = milliseconds(2 * kHour);
    DeliveryQueue queue(rules, [&] { return static_cast<double>(random(1000)) / 1000; });
    std::int64_t now = kStart, pushed = 0, last_sent = 0, sent_today = 0;
    std::set<std::int64_t> gone;
    std::deque<std::int64_t> sends;
    std::string day = BeijingDay(now);
    const bool movable = random(2) == 0;
    for (int turn = 0; turn < 400 || queue.size() > 0; ++turn) {
      ASSERT_LT(turn, 100'000);
      if (pushed < 60 && random(3) == 0) {
        QueuedLetter letter;
        letter.row = ++pushed;
        letter.committed_at_ms = now;
        letter.alerts = 1;
        letter.can_move = movable;
        queue.Push(letter);
      }
      const QueueStep step = queue.Next(now, now);
      if (step.kind == Kind::kIdle) now += kSecond;
      if (step.kind == Kind::kWait) {
        ASSERT_GT(step.until_ms, now) << "seed " << seed;
        now = random(2) == 0 ? step.until_ms : now + kSecond;
      }
      std::vector<QueuedLetter> left = step.letters;
      if (step.kind == Kind::kSend) {
        if (BeijingDay(now) != day) sent_today = 0;
        day = BeijingDay(now);
        Delivery delivery = Fails(static_cast<Outcome>(random(4)));
        now += static_cast<std::int64_t>(random(3) * kSecond);
        if (delivery.outcome == Outcome::kDelivered || delivery.outcome == Outcome::kUnclear) {
          ++sent_today;
        }
        sends.push_back(now);
        left = queue.Done(delivery, now);
        ASSERT_EQ(Rows(left), Rows(step.letters));
        if (delivery.outcome != Outcome::kDelivered) left.clear();
        if (rules.budget.per_day > 0) {
          ASSERT_LE(sent_today, rules.budget.per_day) << "seed " << seed;
        }
      }
      for (const QueuedLetter& letter : left) {
        ASSERT_TRUE(gone.insert(letter.row).second) << "seed " << seed;
        ASSERT_GT(letter.row, last_sent) << "seed " << seed;
        last_sent = letter.row;
      }
    }
    EXPECT_EQ(gone.size(), static_cast<std::size_t>(pushed)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ecsward::notify
