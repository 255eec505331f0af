#include "metrics/evidence.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>

namespace ecsward {
namespace {

using What = EvidencePeriod::What;

constexpr std::int64_t kPeakMs = 1'700'000'000'000;

// In whatever zone the test runs.
std::string PeakTime() {
  const std::time_t seconds = kPeakMs / 1000;
  std::tm time{};
  ::localtime_r(&seconds, &time);
  return fmt::format("{:02}:{:02}:{:02}", time.tm_hour, time.tm_min, time.tm_sec);
}

EvidencePeriod Period(What what, double total, std::vector<Offender> offenders) {
  EvidencePeriod period;
  period.what = what;
  period.from_ms = period.to_ms = kPeakMs;
  period.total = total;
  period.offenders = std::move(offenders);
  return period;
}

Evidence Busy() {
  Evidence evidence;
  evidence.offenders = {{"php-fpm", 1, 0.61, 2.44}, {"mysqld", 2, 0.12, 0.48}};
  return evidence;
}

TEST(Summary, NamesTheOffenders) {
  EXPECT_EQ(Summary(Busy()), "php-fpm 61 %, mysqld 12 %");
  EXPECT_EQ(Summary(Evidence{}), "");
  Evidence noted = Busy();
  noted.note = "something is missing";
  EXPECT_EQ(Summary(noted), "php-fpm 61 %, mysqld 12 % (something is missing)");
}

TEST(Summary, TellsBeforeAndPeakWhereTheySayMore) {
  Evidence evidence = Busy();
  evidence.periods = {Period(What::kBefore, 0.5, {{"php-fpm", 1, 0.32, 0.16}}),
                      Period(What::kWindow, 4, evidence.offenders),
                      Period(What::kPeak, 8, {{"php-fpm", 1, 0.88, 7}})};
  EXPECT_EQ(Summary(evidence), "php-fpm 61 %, mysqld 12 % (before: php-fpm 4 %; peak " +
                                   PeakTime() + ": php-fpm 88 %)");
  evidence.note = "noted";
  EXPECT_TRUE(Summary(evidence).ends_with(": php-fpm 88 %; noted)")) << Summary(evidence);
}

TEST(Summary, IsShortWhereThePastWasTheSame) {
  Evidence evidence = Busy();
  evidence.periods = {Period(What::kBefore, 4, {{"php-fpm", 1, 0.6, 2.4}}),
                      Period(What::kWindow, 4, evidence.offenders),
                      Period(What::kPeak, 4.1, {{"php-fpm", 1, 0.65, 2.6}})};
  EXPECT_EQ(Summary(evidence), "php-fpm 61 %, mysqld 12 %");
}

TEST(Summary, NamesWhoLedBefore) {
  Evidence evidence = Busy();
  evidence.periods = {Period(What::kBefore, 4, {{"mysqld", 2, 0.5, 2}}),
                      Period(What::kWindow, 4, evidence.offenders),
                      Period(What::kPeak, 4, {{"mysqld", 2, 0.6, 2.4}})};
  EXPECT_EQ(Summary(evidence),
            "php-fpm 61 %, mysqld 12 % (before: mysqld 50 %, php-fpm 0 %; peak " + PeakTime() +
                ": mysqld 60 %)");
}

TEST(Summary, BlamesNobodyOnAnIdleHostBefore) {
  Evidence evidence = Busy();
  // Half of next to nothing.
  evidence.periods = {Period(What::kBefore, 0.1, {{"cron", 2, 0.5, 0.05}}),
                      Period(What::kWindow, 4, evidence.offenders)};
  EXPECT_EQ(Summary(evidence), "php-fpm 61 %, mysqld 12 % (before: php-fpm 0 %)");
}

}  // namespace
}  // namespace ecsward
