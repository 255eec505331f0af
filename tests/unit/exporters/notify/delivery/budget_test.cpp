#include "exporters/notify/delivery/budget.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kMidnight = 1'795'881'600'000;  // 2026-11-29 00:00 in Beijing

TEST(BeijingDay, BeginsEightHoursBeforeThatOfGreenwich) {
  EXPECT_EQ(BeijingDay(kMidnight - 1), "2026-11-28");
  EXPECT_EQ(BeijingDay(kMidnight), "2026-11-29");
  EXPECT_EQ(NextBeijingDayMs(kMidnight - 1), kMidnight);
  EXPECT_EQ(NextBeijingDayMs(kMidnight), kMidnight + 24 * kHour);
}

TEST(BeijingMonth, EndsWithItsLastDay) {
  const std::int64_t december = kMidnight + 48 * kHour;
  EXPECT_EQ(NextBeijingMonthMs(kMidnight), december);
  EXPECT_EQ(NextBeijingMonthMs(december), december + 31 * 24 * kHour);
  EXPECT_EQ(BeijingDay(NextBeijingMonthMs(december)), "2027-01-01");
}

TEST(BudgetLedger, WithoutABudgetEverythingIsAllowed) {
  BudgetLedger ledger;
  EXPECT_TRUE(ledger.Allows(1'000'000, kMidnight));
  ledger.Reserve(1'000'000, kMidnight);
  EXPECT_FALSE(ledger.TakeWarning());
}

TEST(BudgetLedger, ANewDayHasItsOwnMoneyButTheMonthGoesOn) {
  BudgetLedger ledger;
  ledger.SetBudget({2, 3, ""});
  ledger.Reserve(2, kMidnight - 1);
  EXPECT_FALSE(ledger.Allows(1, kMidnight - 1));
  EXPECT_TRUE(ledger.Allows(1, kMidnight));
  EXPECT_FALSE(ledger.Allows(2, kMidnight));
  EXPECT_EQ(ledger.spent().in_day, 0);
  EXPECT_EQ(ledger.spent().in_month, 2);
  EXPECT_EQ(ledger.OpensAtMs(2, kMidnight), kMidnight + 48 * kHour) << "the month is the tighter";
  EXPECT_EQ(ledger.OpensAtMs(1, kMidnight), kMidnight + 24 * kHour);
}

TEST(BudgetLedger, SettingTheClockBackOverMidnightBringsNoNewMoney) {
  BudgetLedger ledger;
  ledger.SetBudget({1, 0, ""});
  ledger.Reserve(1, kMidnight + 60'000);
  EXPECT_FALSE(ledger.Allows(1, kMidnight - 60'000));
  EXPECT_FALSE(ledger.Allows(1, kMidnight + 120'000));
  EXPECT_TRUE(ledger.Allows(1, kMidnight - 48 * kHour)) << "the clock was wrong by days";
}

TEST(BudgetLedger, WhatIsGivenBackOnAnotherDayWasNotThatDays) {
  BudgetLedger ledger;
  ledger.SetBudget({5, 5, ""});
  const auto charge = ledger.Reserve(2, kMidnight - 1);
  ledger.Reserve(1, kMidnight);
  ledger.Settle(charge, 0);
  EXPECT_EQ(ledger.spent().in_day, 1);
  EXPECT_EQ(ledger.spent().in_month, 1);
}

TEST(BudgetLedger, WarnsOnceForTheDayAndOnceForTheMonth) {
  BudgetLedger ledger;
  ledger.SetBudget({5, 10, ""});
  ledger.Reserve(3, kMidnight);
  EXPECT_FALSE(ledger.TakeWarning());
  ledger.Reserve(1, kMidnight);
  EXPECT_TRUE(ledger.TakeWarning());
  ledger.Reserve(1, kMidnight);
  EXPECT_FALSE(ledger.TakeWarning());
  ledger.Reserve(3, kMidnight + 24 * kHour);
  EXPECT_TRUE(ledger.TakeWarning()) << "eight of ten in the month";
  EXPECT_FALSE(ledger.TakeWarning());
}

}  // namespace
}  // namespace ecsward::notify
