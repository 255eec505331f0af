// What a channel may cost, counted to the message in Beijing's days and months: those of the bills.
#pragma once

#include <cstdint>
#include <string>

#include "exporters/notify/routing.h"
#include "exporters/notify/store.h"

namespace ecsward::notify {

class BudgetLedger {
 public:
  BudgetLedger() = default;
  void SetBudget(const Budget& budget) { budget_ = budget; }
  void Restore(Spent spent) { spent_ = std::move(spent); }

  const Budget& budget() const { return budget_; }
  // As it was when the ledger was last asked; `recent_ms` is not the ledger's.
  const Spent& spent() const { return spent_; }

  // Whether `messages` more are within the budget.
  bool Allows(int messages, std::int64_t wall_ms);
  // When it may allow them again: the next day's begin, or the next month's.
  std::int64_t OpensAtMs(int messages, std::int64_t wall_ms);

  // Spent before it is sent: what happens meanwhile cannot spend it a second time.
  struct Charge {
    std::string day, month;
    std::int64_t messages = 0;
  };
  Charge Reserve(int messages, std::int64_t wall_ms);
  // What the charge was in the end; 0 gives it back.
  void Settle(const Charge& charge, std::int64_t messages);

  // True once a day or month, when four fifths are used up.
  bool TakeWarning();

 private:
  void Turn(std::int64_t wall_ms);  // a new day, a new month

  Budget budget_;
  Spent spent_;
};

std::string BeijingDay(std::int64_t wall_ms);  // "2026-11-28"
std::int64_t NextBeijingDayMs(std::int64_t wall_ms);
std::int64_t NextBeijingMonthMs(std::int64_t wall_ms);

}  // namespace ecsward::notify
