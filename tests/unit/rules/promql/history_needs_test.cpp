#include <gtest/gtest.h>

#include "rules/promql/parser.h"
#include "rules/promql/query.h"

namespace ecsward::promql {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::vector<HistoryNeed> NeedsOf(const char* text) {
  return HistoryNeeds(*Parse(text).value(), minutes(5));
}

TEST(HistoryNeeds, AddUpWhatStandsAroundASelector) {
  EXPECT_EQ(NeedsOf("up").at(0).keep, minutes(5));
  EXPECT_EQ(NeedsOf("up offset 1h").at(0).keep, minutes(65));
  EXPECT_EQ(NeedsOf("up offset -1h").at(0).keep, minutes(5));
  EXPECT_EQ(NeedsOf("rate(up[10m] offset 1m)").at(0).keep, minutes(16));
  // 60 and its step, 10 and its offset, and the lookback.
  EXPECT_EQ(NeedsOf("max_over_time(rate(up[10m])[1h:2m] offset 3m)").at(0).keep,
            minutes(60 + 2 + 3 + 10 + 5));
}

TEST(HistoryNeeds, AreOnePerSelector) {
  const auto needs = NeedsOf("topk(scalar(k), -a) > on (x) (absent(b) or sum_over_time(c[1m:]))");
  ASSERT_EQ(needs.size(), 4u);
  EXPECT_EQ(needs[0].matchers.at(0).value(), "k");
  EXPECT_EQ(needs[1].matchers.at(0).value(), "a");
  EXPECT_EQ(needs[2].matchers.at(0).value(), "b");
  EXPECT_EQ(needs[3].matchers.at(0).value(), "c");
}

TEST(HistoryNeeds, OfAFixedTimeAreTheLongest) {
  const auto expr = Parse("up @ 100").value();
  EXPECT_EQ(HistoryNeeds(*expr, minutes(5), hours(2)).at(0).keep, hours(2));
}

}  // namespace
}  // namespace ecsward::promql
