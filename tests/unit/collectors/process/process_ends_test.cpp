#include "collectors/process/process_ends.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>

#include "tests/unit/collectors/process/process_host.h"

namespace ecsward {
namespace {

constexpr std::string_view kKill =
    "6,7,1,-;oom-kill:constraint=CONSTRAINT_MEMCG,task_memcg=/system.slice/x.service,task=stress,"
    "pid=42,uid=0\n SUBSYSTEM=x\n3,8,2,-;Memory cgroup out of memory: Killed process 42 (stress) "
    "total-vm:1kB\n";

// A file instead of /dev/kmsg: what is appended is new.
class ProcessEndsTest : public testing::Test {
 protected:
  void Append(std::string_view text) {
    std::ofstream(host.Env().root.Path(Tree::kRoot, "dev/kmsg"), std::ios::app) << text;
  }
  std::string Take(ProcessEnds& ends, std::int64_t now_ms) {
    ends.Take(now_ms, [](std::int64_t) { return KnownProcess{}; });
    return Report(ends);
  }
  static std::string Report(ProcessEnds& ends) {
    SeriesSet set;
    set.BeginRun();
    Recorder out(set);
    ends.Emit(out);
    set.EndRun();
    return Samples(set);
  }
  ProcessHost host;
};

TEST_F(ProcessEndsTest, NamesTheVictimOfAnOomKill) {
  host.Write("root/dev/kmsg", "6,1,1,-;Out of memory: Killed process 5 (old) total-vm:1kB\n");
  ProcessEnds ends(host.Env().root, host.boards->exits);
  EXPECT_EQ(Take(ends, 1000), "");  // before our time
  Append(kKill);
  EXPECT_EQ(Take(ends, 2000),
            "ecsward_oom_kills_total{process=\"stress\",unit=\"x.service\",scope=\"cgroup\"} 1\n");
  const auto end = host.boards->exits.Find(42, 0);
  ASSERT_TRUE(end);
  EXPECT_EQ(Describe(*end), "killed for lack of memory (OOM)");
  EXPECT_EQ(end->unit, "x.service");
  EXPECT_EQ(end->time_ms, 2000);
  EXPECT_EQ(ends.Note(), "");
  EXPECT_FALSE(ends.counts_cgroups());
}

TEST_F(ProcessEndsTest, BoundsItsSeries) {
  host.Write("root/dev/kmsg", "");
  ProcessEnds ends(host.Env().root, host.boards->exits);
  Take(ends, 1000);
  std::string text;
  for (int i = 1; i <= 200; ++i) {
    text += fmt::format("3,{},2,-;Out of memory: Killed process {} (p{}) total-vm:1kB\n", i, i, i);
  }
  Append(text);
  const std::string report = Take(ends, 2000);
  EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 51);
  EXPECT_NE(report.find("{process=\"other\",unit=\"\",scope=\"host\"} 150\n"), std::string::npos);
}

TEST_F(ProcessEndsTest, CountsByCgroupWithoutTheKernelsLog) {
  host.Write("sys/fs/cgroup/cgroup.controllers", "memory\n");
  const std::string events = "sys/fs/cgroup/system.slice/x.service/memory.events";
  host.Write(events, "low 0\noom 1\noom_kill 3\noom_group_kill 0\n");
  ProcessEnds ends(host.Env().root, host.boards->exits);
  Take(ends, 1000);
  ASSERT_TRUE(ends.counts_cgroups());
  EXPECT_EQ(ends.Note(), "no /dev/kmsg: victims of OOM kills have no name");
  ends.Watch("0::/system.slice/x.service\n");
  ends.Watch("0::/system.slice/gone.service\n");
  ends.LookAtCgroups();
  EXPECT_EQ(Report(ends), "");
  host.Write(events, "low 0\noom 2\noom_kill 5\noom_group_kill 0\n");
  ends.LookAtCgroups();
  ends.LookAtCgroups();
  EXPECT_EQ(Report(ends),
            "ecsward_oom_kills_total{process=\"\",unit=\"x.service\",scope=\"cgroup\"} 2\n");
}

TEST(ParseOomKills, WantsItsLine) {
  std::uint64_t kills = 0;
  EXPECT_TRUE(ParseOomKills("oom 4\noom_kill 3\n", kills));
  EXPECT_EQ(kills, 3u);
  EXPECT_FALSE(ParseOomKills("oom 4\noom_kill x\n", kills));
  EXPECT_FALSE(ParseOomKills("", kills));
}

TEST(UnifiedPath, StaysInTheHierarchy) {
  EXPECT_EQ(UnifiedPath("4:memory:/a\n0::/system.slice/x.service\n"), "/system.slice/x.service");
  EXPECT_EQ(UnifiedPath("0::/../../other\n"), "");
  EXPECT_EQ(UnifiedPath("4:memory:/a\n"), "");
}

TEST(KernelLog, IsBoundedAndGoesOnWhereItStopped) {
  ProcessHost host;
  host.Write("root/dev/kmsg", "");
  const std::string path = host.Env().root.Path(Tree::kRoot, "dev/kmsg");
  KernelLog log(path);
  ASSERT_EQ(log.Open(), 0);
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "6," + std::to_string(i) + ",1,-;" + std::string(100, 'x') + "\n";
  std::ofstream(path, std::ios::app) << text;
  std::size_t seen = 0;
  EXPECT_EQ(log.Drain(10, [&](std::string_view) { ++seen; }), 0);
  EXPECT_GE(seen, 10u);
  EXPECT_LT(seen, 200u);
  EXPECT_EQ(log.Drain(5000, [&](std::string_view) { ++seen; }), 0);
  EXPECT_GE(seen, 1000u);  // a plain file cuts a line between two reads
}

TEST(KernelLog, SaysWhyItCannotBeRead) {
  KernelLog log("/nonexistent/kmsg");
  EXPECT_EQ(log.Open(), ENOENT);
  EXPECT_FALSE(log.open());
  EXPECT_EQ(log.Drain(10, [](std::string_view) { FAIL(); }), 0);
}

}  // namespace
}  // namespace ecsward
