#include "collectors/bcache.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseBcacheNumber, TakesUnits) {
  EXPECT_EQ(ParseBcacheNumber("0"), 0);
  EXPECT_EQ(ParseBcacheNumber("918273"), 918273);
  EXPECT_EQ(ParseBcacheNumber("4.0k"), 4096);
  EXPECT_EQ(ParseBcacheNumber("512.0M"), 536870912);
  EXPECT_EQ(ParseBcacheNumber("2M"), 2097152);
}

TEST(ParseBcacheNumber, HasTheFractionAsNodeExporterHasIt) {
  EXPECT_EQ(ParseBcacheNumber("2.5M"), 2609152);
  EXPECT_EQ(ParseBcacheNumber("813.7k"), 833212);
}

TEST(ParseBcacheNumber, RefusesWhatIsNoNumber) {
  for (const std::string_view bad : {"", "k", "-", ".5k", "1.k", "1.x", "1x", "--1", "1..2k"}) {
    EXPECT_FALSE(ParseBcacheNumber(bad)) << bad;
  }
}

TEST(ParseBcacheWriteback, TakesBothSigns) {
  BcacheWriteback out;
  ASSERT_TRUE(
      ParseBcacheWriteback("rate:\t\t4.0k/sec\ndirty:\t\t1.9G\ntarget:\t\t20.0G\n"
                           "proportional:\t-2.0M\nintegral:\t1.0k\nchange:\t\t-3.0k/sec\n"
                           "next io:\t-14ms\n",
                           out));
  EXPECT_EQ(out.rate, 4096);
  EXPECT_EQ(out.target, 20.0 * (1 << 30));
  EXPECT_EQ(out.proportional, -2097152);
  EXPECT_EQ(out.integral, 1024);
  EXPECT_EQ(out.change, -3072);
}

TEST(ParseBcacheWriteback, NamesTheBadLine) {
  BcacheWriteback out;
  const auto parsed = ParseBcacheWriteback("rate:\t4.0k/sec\ntarget:\tlots\n", out);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find("line 2"), 0u) << parsed.error().message;
}

TEST(ParseBcachePriority, TakesPercentages) {
  BcachePriority out;
  ASSERT_TRUE(ParseBcachePriority("Unused:\t\t63%\nClean:\t\t30%\nMetadata:\t1%\n", out));
  EXPECT_EQ(out.unused_percent, 63);
  EXPECT_EQ(out.metadata_percent, 1);
  EXPECT_EQ(ParseBcachePriority("Unused:\t%\n", out).error().code, ErrorCode::kParse);
}

class Bcache : public ::testing::Test {
 protected:
  static constexpr std::string_view kSet = "sys/fs/bcache/3f7c-11/";
  void Write(std::string_view file, std::string_view text) {
    host.Write(std::string(kSet).append(file), text);
  }
  HostFixture host;
};

TEST_F(Bcache, NamesNumbersOfTheSetAndItsDevices) {
  Write("tree_depth", "1\n");
  Write("stats_total/cache_hits", "99\n");
  Write("internal/btree_read_average_duration_us", "1305\n");
  Write("bdev0/dirty_data", "2.0M\n");
  Write("bdev0/stats_total/cache_hits", "7\n");  // its own, not the set's
  Write("bdev0/writeback_rate_debug", "rate:\t4.0k/sec\n");
  Write("cache0/written", "1.0G\n");
  host.Write("sys/fs/bcache/register", "");
  const auto samples = host.RunOnce("bcache");
  ASSERT_TRUE(samples) << samples.error().message;
  for (const std::string_view line :
       {"node_bcache_tree_depth{uuid=\"3f7c-11\"} 1\n",
        "node_bcache_btree_read_average_duration_seconds{uuid=\"3f7c-11\"} 0.001305\n",
        "node_bcache_dirty_data_bytes{uuid=\"3f7c-11\",backing_device=\"bdev0\"} 2.097152e+06\n",
        "node_bcache_cache_hits_total{uuid=\"3f7c-11\",backing_device=\"bdev0\"} 7\n",
        "node_bcache_writeback_rate{uuid=\"3f7c-11\",backing_device=\"bdev0\"} 4096\n",
        "node_bcache_written_bytes_total{uuid=\"3f7c-11\",cache_device=\"cache0\"} "
        "1.073741824e+09\n"}) {
    EXPECT_NE(samples->find(line), std::string::npos) << line << *samples;
  }
}

TEST_F(Bcache, ReadsPriorityStatsOnlyWhereWanted) {
  Write("cache0/priority_stats", "Unused:\t63%\nMetadata:\t1%\n");
  EXPECT_EQ(*host.RunOnce("bcache"), "");
  EXPECT_EQ(*host.RunOnce("bcache", {{"priority_stats", "true"}}),
            "node_bcache_priority_stats_metadata_percent{uuid=\"3f7c-11\",cache_device=\"cache0\"} "
            "1\n"
            "node_bcache_priority_stats_unused_percent{uuid=\"3f7c-11\",cache_device=\"cache0\"} "
            "63\n");
}

TEST_F(Bcache, NamesTheBadFile) {
  Write("cache0/written", "a lot\n");
  const auto run = host.RunOnce("bcache");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kParse);
  EXPECT_NE(run.error().message.find("cache0/written"), std::string::npos) << run.error().message;
}

TEST_F(Bcache, IsNotOfferedWithoutASet) {
  EXPECT_EQ(host.RunOnce("bcache").error().code, ErrorCode::kNotSupported);
  host.Write("sys/fs/bcache/register", "");
  EXPECT_EQ(host.RunOnce("bcache").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
