#include "metrics/offender_ring.h"

#include <gtest/gtest.h>

#include <string>

namespace ecsward {
namespace {

using What = EvidencePeriod::What;

void Add(OffenderRing& ring, std::int64_t second, double total, std::vector<Offender> offenders) {
  ring.Add({second * 1000, total}, offenders);
}

TEST(OffenderRing, AveragesOverAllMoments) {
  OffenderRing ring;
  Add(ring, 1, 2, {{"java", 7, 0, 1.5}, {"sh", 8, 0, 0.5}});
  Add(ring, 2, 2, {{"java", 9, 0, 0.5}});
  EvidencePeriod period;
  ASSERT_TRUE(ring.Average(0, 2000, period));
  EXPECT_EQ(period.from_ms, 1000);
  EXPECT_EQ(period.to_ms, 2000);
  EXPECT_DOUBLE_EQ(period.total, 2);
  ASSERT_EQ(period.offenders.size(), 2u);
  EXPECT_EQ(period.offenders[0].name, "java");
  EXPECT_EQ(period.offenders[0].pid, 7);  // of its biggest moment
  EXPECT_DOUBLE_EQ(period.offenders[0].share, 0.5);
  EXPECT_DOUBLE_EQ(period.offenders[0].amount, 1);
  EXPECT_DOUBLE_EQ(period.offenders[1].amount, 0.25);  // it was there half of the time
  EXPECT_FALSE(ring.Average(3000, 9000, period));
  EXPECT_FALSE(ring.Average(2000, 1000, period));
}

TEST(OffenderRing, TellsBeforeWindowAndPeak) {
  OffenderRing ring;
  for (int s = 1; s <= 100; ++s) Add(ring, s, 1, {{"cron", 1, 0, 0.9}});
  for (int s = 101; s <= 120; ++s) Add(ring, s, 4, {{"java", 2, 0, 3}});
  Add(ring, 121, 8, {{"gcc", 3, 0, 7}});
  const auto periods = ring.Periods(101'000, 121'000);
  ASSERT_EQ(periods.size(), 3u);
  EXPECT_EQ(periods[0].what, What::kBefore);
  EXPECT_EQ(periods[0].from_ms, 41'000);  // at least a minute
  EXPECT_EQ(periods[0].to_ms, 100'000);
  EXPECT_EQ(periods[0].offenders[0].name, "cron");
  EXPECT_EQ(periods[1].what, What::kWindow);
  EXPECT_EQ(periods[1].offenders[0].name, "java");
  EXPECT_EQ(periods[2].what, What::kPeak);
  EXPECT_EQ(periods[2].from_ms, 121'000);
  EXPECT_EQ(periods[2].offenders[0].name, "gcc");
  EXPECT_EQ(ring.Count(101'000, 121'000), 21u);
}

TEST(OffenderRing, LeavesOutWhatItDoesNotRemember) {
  OffenderRing ring;
  EXPECT_TRUE(ring.Periods(1000, 2000).empty());
  Add(ring, 10, 1, {{"a", 1, 0, 1}});
  EXPECT_EQ(ring.Periods(9000, 11'000).size(), 2u);    // nothing before
  EXPECT_EQ(ring.Periods(20'000, 30'000).size(), 1u);  // nothing since
  EXPECT_EQ(ring.Count(0, 9999), 0u);
}

TEST(OffenderRing, IsBoundedAndGivesNamesBack) {
  OffenderRing ring(10);
  // More names than can be told apart at a time, but never at a time.
  for (int s = 1; s <= 70'000; ++s) Add(ring, s, 1, {{"p" + std::to_string(s), s, 0, 1}});
  EXPECT_EQ(ring.size(), 10u);
  EvidencePeriod period;
  ASSERT_TRUE(ring.Average(70'000'000, 70'000'000, period));
  EXPECT_EQ(period.offenders[0].name, "p70000");
  EXPECT_FALSE(ring.Average(0, 69'990'000, period));
}

TEST(OffenderRing, NamesAHandfulOnly) {
  OffenderRing ring;
  Add(ring, 1, 9,
      {{"a", 1, 0, 4},
       {"b", 1, 0, 3},
       {"c", 1, 0, 2},
       {"d", 1, 0, 1},
       {"e", 1, 0, .9},
       {"f", 1, 0, .8}});
  EvidencePeriod period;
  ASSERT_TRUE(ring.Average(0, 9000, period));
  EXPECT_EQ(period.offenders.size(), OffenderRing::kOffenders);
  EXPECT_EQ(period.offenders[4].name, "e");
}

TEST(OffenderRing, LeavesOutTimesThatGoBack) {
  OffenderRing ring;
  Add(ring, 10, 1, {});
  Add(ring, 10, 2, {});
  Add(ring, 9, 2, {});
  EXPECT_EQ(ring.size(), 1u);
}

TEST(OffenderRing, MovesWithTheClock) {
  OffenderRing ring;
  Add(ring, 1000, 1, {{"a", 1, 0, 1}});
  ring.Shift(-900'000);
  Add(ring, 101, 1, {{"a", 1, 0, 1}});
  EXPECT_EQ(ring.Count(100'000, 101'000), 2u);
}

TEST(OffenderRing, SharesEndAtOne) {
  OffenderRing ring;
  Add(ring, 1, 1, {{"a", 1, 0, 5}});
  Add(ring, 2, 0, {{"a", 1, 0, 0}});
  EvidencePeriod period;
  ASSERT_TRUE(ring.Average(0, 1000, period));
  EXPECT_DOUBLE_EQ(period.offenders[0].share, 1);
  ASSERT_TRUE(ring.Average(2000, 2000, period));
  EXPECT_DOUBLE_EQ(period.offenders[0].share, 0);
}

}  // namespace
}  // namespace ecsward
