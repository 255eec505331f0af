// What is taken and refused is what `amtool check-config` of Alertmanager 0.25 takes and refuses,
// except that months from 1 to 12 and years from 1 are the only ones.
#include "exporters/notify/time_interval_parse.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

using Parser = Result<TimeInterval::Range> (*)(std::string_view);

std::string Parsed(Parser parse, std::string_view text) {
  const auto range = parse(text);
  return range ? fmt::format("{}..{}", range->begin, range->end) : range.error().message;
}

void ExpectRefused(Parser parse, std::initializer_list<const char*> texts) {
  for (const char* text : texts) EXPECT_FALSE(parse(text)) << text;
}

TEST(ParseMinuteOfDay, TakesADayWithItsEnd) {
  EXPECT_EQ(*ParseMinuteOfDay("00:00"), 0);
  EXPECT_EQ(*ParseMinuteOfDay("09:05"), 545);
  EXPECT_EQ(*ParseMinuteOfDay("23:59"), 1439);
  EXPECT_EQ(*ParseMinuteOfDay("24:00"), 1440);
}

TEST(ParseMinuteOfDay, RefusesWhatNoClockShows) {
  for (const char* text : {"", "9:00", "24:01", "25:00", "00:60", "09:0", "09-00", "aa:00", "09:0a",
                           "09:00 ", "-1:00"}) {
    EXPECT_FALSE(ParseMinuteOfDay(text)) << text;
  }
  EXPECT_EQ(ParseMinuteOfDay("25:00").error().message,
            "want a time from 00:00 to 24:00 such as \"09:00\", got \"25:00\"");
}

TEST(ParseWeekdays, TakesNamesInWhateverCase) {
  EXPECT_EQ(Parsed(ParseWeekdays, "sunday"), "0..0");
  EXPECT_EQ(Parsed(ParseWeekdays, "Monday:FRIDAY"), "1..5");
  EXPECT_EQ(Parsed(ParseWeekdays, "sunday:saturday"), "0..6");
}

TEST(ParseWeekdays, RefusesOtherWords) {
  ExpectRefused(ParseWeekdays, {"", "1", "0:3", "mon", " monday", "monday:", ":monday",
                                "monday:tuesday:friday", "fooday"});
  EXPECT_EQ(Parsed(ParseWeekdays, "tusday"),
            "\"tusday\" is not a weekday; did you mean \"tuesday\"?");
  EXPECT_EQ(Parsed(ParseWeekdays, "friday:monday"),
            "\"friday:monday\" ends before it begins: a week begins on sunday");
  EXPECT_EQ(Parsed(ParseWeekdays, "a:b:c"), "want one value or BEGIN:END, got \"a:b:c\"");
}

TEST(ParseDaysOfMonth, CountsFromEitherEnd) {
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "1:5"), "1..5");
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "-3:-1"), "-3..-1");
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "-1"), "-1..-1");
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "+1"), "1..1");
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "1:-1"), "1..-1");
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "27:-1"), "27..-1");
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "31"), "31..31");
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "-31:-1"), "-31..-1");
}

TEST(ParseDaysOfMonth, RefusesWhatNoMonthHas) {
  ExpectRefused(ParseDaysOfMonth,
                {"", "0", "32", "-32", "1:32", "0:3", "a", " 1", "1.5", "1:2:3", "1:", "+-1", "5:1",
                 "-1:-3", "-1:1", "-1:31", "28:-1", "5:-28", "31:-31"});
  EXPECT_EQ(Parsed(ParseDaysOfMonth, "-1:1"),
            "\"-1:1\": what begins at a negative day must end at one");
}

TEST(ParseMonths, TakesNamesAndNumbers) {
  EXPECT_EQ(Parsed(ParseMonths, "January:march"), "1..3");
  EXPECT_EQ(Parsed(ParseMonths, "7:december"), "7..12");
  EXPECT_EQ(Parsed(ParseMonths, "5"), "5..5");
}

TEST(ParseMonths, RefusesWhatNoYearHas) {
  ExpectRefused(ParseMonths, {"", "jan", "0", "13", "-1", "march:january", "12:1", "1:2:3"});
  EXPECT_EQ(Parsed(ParseMonths, "janury"),
            "want a month, by name or from 1 to 12, got \"janury\"; did you mean \"january\"?");
}

TEST(ParseYears, TakesYears) {
  EXPECT_EQ(Parsed(ParseYears, "2026"), "2026..2026");
  EXPECT_EQ(Parsed(ParseYears, "2026:2027"), "2026..2027");
  ExpectRefused(ParseYears, {"", "abc", "0", "-5", "2027:2026", "2026:", "99999999999"});
}

TEST(IsZoneName, LeavesTheZoneFolderToNobody) {
  for (const char* good : {"Asia/Shanghai", "EST", "Etc/GMT+8"}) EXPECT_TRUE(IsZoneName(good));
  for (const char* bad :
       {"", "../../etc/passwd", "/etc/localtime", "\\x", "Asia/ Shanghai", "Asia/Shang\nhai"}) {
    EXPECT_FALSE(IsZoneName(bad)) << bad;
  }
  EXPECT_FALSE(IsZoneName(std::string(200, 'a')));
}

}  // namespace
}  // namespace ecsward::notify
