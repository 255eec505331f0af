#include "exporters/notify/time_interval.h"

#include <gtest/gtest.h>

#include <chrono>

namespace ecsward::notify {
namespace {

using std::chrono::sys_days;

std::int64_t At(int year, unsigned month, unsigned day, int hour = 0, int minute = 0,
                int second = 0) {
  const auto midnight =
      sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
  return ((midnight.time_since_epoch().count() * 24 + hour) * 60 + minute) * 60'000 + second * 1000;
}

TEST(TimeInterval, ThatSaysNothingIsAlways) {
  EXPECT_TRUE(Contains(TimeInterval(), 0));
  EXPECT_TRUE(Contains(TimeInterval(), At(2026, 11, 28)));
}

TEST(TimeInterval, MinutesBeginWithTheFirstAndEndBeforeTheLast) {
  TimeInterval interval;
  interval.minutes = {{9 * 60, 17 * 60}, {23 * 60, 24 * 60}};
  EXPECT_FALSE(Contains(interval, At(2026, 11, 28, 8, 59, 59)));
  EXPECT_TRUE(Contains(interval, At(2026, 11, 28, 9, 0)));
  EXPECT_TRUE(Contains(interval, At(2026, 11, 28, 16, 59, 59)));
  EXPECT_FALSE(Contains(interval, At(2026, 11, 28, 17, 0)));
  EXPECT_TRUE(Contains(interval, At(2026, 11, 28, 23, 59, 59)));
  EXPECT_FALSE(Contains(interval, At(2026, 11, 29, 0, 0)));
}

TEST(TimeInterval, WeekdaysBeginWithSunday) {
  TimeInterval interval;
  interval.weekdays = {{0, 0}, {6, 6}};
  EXPECT_TRUE(Contains(interval, At(2026, 11, 28)));  // a Saturday
  EXPECT_TRUE(Contains(interval, At(2026, 11, 29)));  // a Sunday
  EXPECT_FALSE(Contains(interval, At(2026, 11, 30)));
}

TEST(TimeInterval, NegativeDaysCountFromTheMonthsEnd) {
  TimeInterval last;
  last.days = {{-1, -1}};
  EXPECT_TRUE(Contains(last, At(2026, 2, 28)));
  EXPECT_FALSE(Contains(last, At(2024, 2, 28)));
  EXPECT_TRUE(Contains(last, At(2024, 2, 29)));
  TimeInterval from_the_third_last;
  from_the_third_last.days = {{-3, -1}};
  EXPECT_FALSE(Contains(from_the_third_last, At(2026, 4, 27)));
  EXPECT_TRUE(Contains(from_the_third_last, At(2026, 4, 28)));
}

TEST(TimeInterval, DaysThatAMonthDoesNotHaveAreNotThere) {
  TimeInterval days;
  days.days = {{29, 31}};
  EXPECT_FALSE(Contains(days, At(2026, 2, 28)));
  EXPECT_FALSE(Contains(days, At(2026, 3, 1)));
  EXPECT_TRUE(Contains(days, At(2026, 4, 30)));
  TimeInterval whole;
  whole.days = {{-31, 31}};
  EXPECT_TRUE(Contains(whole, At(2026, 2, 1)));
}

TEST(TimeInterval, AllPartsMustHold) {
  TimeInterval interval;
  interval.minutes = {{0, 60}};
  interval.days = {{1, 7}};
  interval.months = {{3, 5}, {9, 9}};
  interval.years = {{2026, 2027}};
  EXPECT_TRUE(Contains(interval, At(2026, 3, 7, 0, 59)));
  EXPECT_FALSE(Contains(interval, At(2026, 3, 7, 1, 0)));
  EXPECT_FALSE(Contains(interval, At(2026, 3, 8)));
  EXPECT_FALSE(Contains(interval, At(2026, 6, 1)));
  EXPECT_TRUE(Contains(interval, At(2027, 9, 1)));
  EXPECT_FALSE(Contains(interval, At(2028, 9, 1)));
}

TEST(TimeInterval, IsInTheTimeOfItsPlace) {
  TimeInterval night;  // of the new year's day in Shanghai
  night.minutes = {{0, 60}};
  night.days = {{1, 1}};
  night.months = {{1, 1}};
  night.years = {{2027, 2027}};
  night.location = "Asia/Shanghai";
  EXPECT_TRUE(Contains(night, At(2026, 12, 31, 16, 30)));
  EXPECT_FALSE(Contains(night, At(2027, 1, 1, 0, 30)));
  night.location = "No/Such";  // somebody took the file away
  EXPECT_TRUE(Contains(night, At(2027, 1, 1, 0, 30)));
}

TEST(TimeInterval, KnowsTheTimeBefore1970) {
  TimeInterval interval;
  interval.years = {{1969, 1969}};
  interval.minutes = {{23 * 60 + 59, 1440}};
  EXPECT_TRUE(Contains(interval, -1));
}

}  // namespace
}  // namespace ecsward::notify
