#include "collectors/selinux.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseAvcCacheStats, AddsTheCpus) {
  const auto avc = ParseAvcCacheStats(
      "lookups hits misses allocations reclaims frees\n10 8 2 2 1 1\n20 19 1 1 0 0\n");
  ASSERT_TRUE(avc) << avc.error().message;
  EXPECT_DOUBLE_EQ(avc->lookups, 30);
  EXPECT_DOUBLE_EQ(avc->hits, 27);
  EXPECT_DOUBLE_EQ(avc->frees, 1);
}

TEST(ParseAvcCacheStats, NamesTheLineThatIsWrong) {
  EXPECT_EQ(ParseAvcCacheStats("lookups hits\n1 2 3\n").error().message,
            "line 2: want six numbers");
  EXPECT_EQ(ParseAvcCacheStats("").error().message, "line 1: want the names");
}

TEST(ParseAvcHashStats, ReadsUsedOfAvailable) {
  const auto hash = ParseAvcHashStats("entries: 503\nbuckets used: 288/512\nlongest chain: 5\n");
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_DOUBLE_EQ(hash->entries, 503);
  EXPECT_DOUBLE_EQ(hash->buckets_used, 288);
  EXPECT_DOUBLE_EQ(hash->buckets_available, 512);
  EXPECT_DOUBLE_EQ(hash->longest_chain, 5);
  EXPECT_FALSE(ParseAvcHashStats("entries: 503\nbuckets used: 288\n"));
}

TEST(ParseSelinuxConfig, TakesTheModeNotTheType) {
  EXPECT_EQ(ParseSelinuxConfig("# SELINUX=enforcing\nSELINUXTYPE=targeted\nSELINUX=permissive\n"),
            0);
  EXPECT_EQ(ParseSelinuxConfig("SELINUX=enforcing"), 1);
  EXPECT_EQ(ParseSelinuxConfig(""), -1);
}

TEST(SelinuxCollector, SaysWhenItIsOff) {
  HostFixture host;
  EXPECT_EQ(*host.RunOnce("selinux"), "node_selinux_enabled 0\n");
}

}  // namespace
}  // namespace ecsward
