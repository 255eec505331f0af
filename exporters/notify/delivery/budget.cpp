#include "exporters/notify/delivery/budget.h"

#include <fmt/format.h>

#include <chrono>

namespace ecsward::notify {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr std::chrono::hours kBeijing{8};  // has no daylight saving time

std::chrono::sys_days DayOf(std::int64_t wall_ms) {
  const std::chrono::sys_time<milliseconds> there{milliseconds(wall_ms) + kBeijing};
  return std::chrono::floor<days>(there);
}

std::int64_t BeginMs(std::chrono::sys_days day) {
  return milliseconds(day.time_since_epoch() - kBeijing).count();
}

std::string TextOf(std::chrono::sys_days day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

bool Within(std::int64_t limit, std::int64_t used, int more) {
  return limit <= 0 || used + more <= limit;
}

bool NearlyUsedUp(std::int64_t limit, std::int64_t used) {
  return limit > 0 && used * 5 >= limit * 4;
}

}  // namespace

std::string BeijingDay(std::int64_t wall_ms) { return TextOf(DayOf(wall_ms)); }

std::int64_t NextBeijingDayMs(std::int64_t wall_ms) { return BeginMs(DayOf(wall_ms) + days(1)); }

std::int64_t NextBeijingMonthMs(std::int64_t wall_ms) {
  const std::chrono::year_month_day date(DayOf(wall_ms));
  const auto next = (date.year() / date.month() + std::chrono::months(1)) / std::chrono::day(1);
  return BeginMs(std::chrono::sys_days(next));
}

void BudgetLedger::Turn(std::int64_t wall_ms) {
  const std::string day = BeijingDay(wall_ms);
  // A clock that is set back over midnight does not give the day's money a second time.
  if (spent_.day == day || spent_.day == BeijingDay(NextBeijingDayMs(wall_ms))) return;
  spent_.day = day;
  spent_.in_day = 0;
  spent_.warned_day = false;
  const std::string month = day.substr(0, 7);
  if (spent_.month == month) return;
  spent_.month = month;
  spent_.in_month = 0;
  spent_.warned_month = false;
}

bool BudgetLedger::Allows(int messages, std::int64_t wall_ms) {
  Turn(wall_ms);
  return Within(budget_.per_day, spent_.in_day, messages) &&
         Within(budget_.per_month, spent_.in_month, messages);
}

std::int64_t BudgetLedger::OpensAtMs(int messages, std::int64_t wall_ms) {
  Turn(wall_ms);
  const bool month_allows = Within(budget_.per_month, spent_.in_month, messages);
  return month_allows ? NextBeijingDayMs(wall_ms) : NextBeijingMonthMs(wall_ms);
}

BudgetLedger::Charge BudgetLedger::Reserve(int messages, std::int64_t wall_ms) {
  Turn(wall_ms);
  spent_.in_day += messages;
  spent_.in_month += messages;
  return {spent_.day, spent_.month, messages};
}

void BudgetLedger::Settle(const Charge& charge, std::int64_t messages) {
  const std::int64_t more = messages - charge.messages;
  if (spent_.day == charge.day) spent_.in_day += more;
  if (spent_.month == charge.month) spent_.in_month += more;
}

bool BudgetLedger::TakeWarning() {
  const bool day = !spent_.warned_day && NearlyUsedUp(budget_.per_day, spent_.in_day);
  const bool month = !spent_.warned_month && NearlyUsedUp(budget_.per_month, spent_.in_month);
  spent_.warned_day |= day;
  spent_.warned_month |= month;
  return day || month;
}

}  // namespace ecsward::notify
