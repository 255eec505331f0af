#include "collectors/zfs.h"

#include <gtest/gtest.h>

#include "tests/unit/allocation_counter.h"
#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kHead =
    "9 1 0x01 7 1904 4712836541 98273645123\nname                            type data\n";
std::string Kstat(std::string_view rows) { return std::string(kHead).append(rows); }

TEST(ParseKstat, TakesNumbersOf64Bits) {
  std::vector<KstatField> out;
  const std::string text = Kstat("hits  4  18\nmemory_available_bytes 3 -5\ncount 2 7\nname 7 x\n");
  ASSERT_TRUE(ParseKstat(text, out));
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].name, "hits");
  EXPECT_EQ(out[0].value, 18);
  EXPECT_EQ(out[1].value, -5);
}

TEST(ParseKstat, NamesTheBadLine) {
  std::vector<KstatField> out;
  const auto parsed = ParseKstat(Kstat("hits 4 18\nmisses 4 few\n"), out);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find("line 4"), 0u) << parsed.error().message;
  EXPECT_FALSE(ParseKstat("hits 4 18\n", out));
  EXPECT_FALSE(ParseKstat("", out));
}

TEST(ParseZfsObjset, TakesTheWholeNameOfTheDataset) {
  ZfsObjset out;
  const std::string text = Kstat("dataset_name 7  tank/my home \nwrites 4 3\n");
  ASSERT_TRUE(ParseZfsObjset(text, out));
  EXPECT_EQ(out.dataset, "tank/my home");
  ASSERT_EQ(out.fields.size(), 1u);
}

TEST(ParseZpoolIo, PutsTitlesAndNumbersTogether) {
  std::vector<KstatField> out;
  ASSERT_TRUE(ParseZpoolIo("12 3 0x00 1 80 7 8\nnread nwritten reads\n100 200 3\n", out));
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[1].name, "nwritten");
  EXPECT_EQ(out[1].value, 200);
}

TEST(ParseZpoolIo, RefusesFewerNumbersThanTitles) {
  std::vector<KstatField> out;
  EXPECT_FALSE(ParseZpoolIo("nread nwritten\n100\n", out));
  EXPECT_FALSE(ParseZpoolIo("nread nwritten\n", out));
  EXPECT_FALSE(ParseZpoolIo("", out));
}

class Zfs : public ::testing::Test {
 protected:
  void Write(std::string_view file, std::string_view text) {
    host.Write(std::string("proc/spl/kstat/zfs/").append(file), text);
  }
  HostFixture host;
};

TEST_F(Zfs, NamesFieldsByFile) {
  Write("arcstats", Kstat("hits 4 18\n"));
  Write("fm", Kstat("erpt-dropped 4 2\n"));
  Write("dbgmsg", "timestamp message\n");  // not ours
  EXPECT_EQ(*host.RunOnce("zfs"), "node_zfs_arc_hits 18\nnode_zfs_fm_erpt_dropped 2\n");
}

TEST_F(Zfs, NamesPoolsAndTheirFileSystems) {
  Write("tank/state", "DEGRADED\n");
  Write("tank/io", "12 3 0x00 1 80 7 8\nnread nwritten\n100 200\n");
  Write("tank/objset-0x36", Kstat("dataset_name 7 tank/home\nwrites 4 3\n"));
  EXPECT_EQ(*host.RunOnce("zfs"),
            "node_zfs_zpool_dataset_writes{zpool=\"tank\",dataset=\"tank/home\"} 3\n"
            "node_zfs_zpool_nread{zpool=\"tank\"} 100\n"
            "node_zfs_zpool_nwritten{zpool=\"tank\"} 200\n"
            "node_zfs_zpool_state{zpool=\"tank\",state=\"degraded\"} 1\n"
            "node_zfs_zpool_state{zpool=\"tank\",state=\"faulted\"} 0\n"
            "node_zfs_zpool_state{zpool=\"tank\",state=\"offline\"} 0\n"
            "node_zfs_zpool_state{zpool=\"tank\",state=\"online\"} 0\n"
            "node_zfs_zpool_state{zpool=\"tank\",state=\"removed\"} 0\n"
            "node_zfs_zpool_state{zpool=\"tank\",state=\"suspended\"} 0\n"
            "node_zfs_zpool_state{zpool=\"tank\",state=\"unavail\"} 0\n");
}

TEST_F(Zfs, ForgetsAPoolThatWasExported) {
  Write("arcstats", Kstat("hits 4 18\n"));
  Write("tank/state", "ONLINE\n");
  const auto collector = host.Make("zfs");
  SeriesSet set;
  ASSERT_NE(host.Run(*collector, set, Rescan::kEvery)->find("tank"), std::string::npos);
  host.Remove("proc/spl/kstat/zfs/tank");
  EXPECT_EQ(*host.Run(*collector, set), "node_zfs_arc_hits 18\n");
}

TEST_F(Zfs, NamesTheBadFileAndShowsTheRest) {
  Write("arcstats", Kstat("hits 4 x\n"));
  Write("zil", Kstat("zil_commit_count 4 10\n"));
  const auto collector = host.Make("zfs");
  SeriesSet set;
  const auto run = host.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("arcstats: line 3"), std::string::npos) << run.error().message;
  EXPECT_EQ(Samples(set), "node_zfs_zil_zil_commit_count 10\n");
}

TEST_F(Zfs, AllocatesNothingInTheSteadyState) {
  Write("arcstats", Kstat("hits 4 18\nmisses 4 2\n"));
  Write("tank/state", "ONLINE\n");
  Write("tank/objset-0x36", Kstat("dataset_name 7 tank/home\nwrites 4 3\n"));
  const auto collector = host.Make("zfs");
  SeriesSet set;
  for (int warm = 0; warm < 2; ++warm) ASSERT_TRUE(host.Run(*collector, set));
  set.BeginRun();
  Recorder out(set);
  const Tick tick{3, host.clock.Wall(), host.clock.Mono()};
  const auto before = AllocationsOfThisThread();
  const bool good = collector->Collect(tick, out).has_value();
  EXPECT_EQ(AllocationsOfThisThread(), before);
  set.EndRun();
  EXPECT_TRUE(good);
}

TEST_F(Zfs, IsNotOfferedWithoutTheModule) {
  EXPECT_EQ(host.RunOnce("zfs").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
