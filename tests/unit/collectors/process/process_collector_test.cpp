#include "collectors/process/process_collector.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/process/process_host.h"

namespace ecsward {
namespace {

using std::chrono::seconds;

class ProcessCollectorTest : public testing::Test {
 protected:
  void Start(const std::map<std::string, std::string>& options = {}) {
    collector = host.Make("process", options);
  }
  std::string Run(int step = 1) {
    const auto text = host.Run(*collector, set, seconds(step));
    EXPECT_TRUE(text) << text.error().message;
    return text ? *text : "";
  }
  // The next run is a full look.
  std::string RunFull() {
    host.clock.Advance(seconds(5));
    return Run();
  }
  static double Value(const std::string& samples, const std::string& series) {
    const auto at = samples.find(series + " ");
    return at == std::string::npos ? -1 : std::stod(samples.substr(at + series.size()));
  }
  static std::string Of(const char* metric, const std::string& labels) {
    return "ecsward_process_group_" + std::string(metric) + "{" + labels + "}";
  }

  ProcessHost host;
  std::unique_ptr<Collector> collector;
  SeriesSet set;
};

TEST_F(ProcessCollectorTest, ReportsAGroup) {
  host.Put({.pid = 5, .name = "nginx", .user = 50, .start = 200, .rss = 3, .threads = 2});
  host.Put({.pid = 6, .name = "nginx", .user = 70, .parent = 5, .start = 300, .rss = 4});
  host.Cgroup(5, "/system.slice/nginx.service");
  host.Cgroup(6, "/system.slice/nginx.service");
  host.Io(5, 1000, 2000);
  host.Io(6, 0, 0);
  host.Write("proc/5/fd/0", "");
  host.Write("proc/5/fd/1", "");
  host.Write("proc/5/smaps_rollup", "Rss: 12 kB\nPss: 6 kB\n");
  Start();
  EXPECT_EQ(Run(),
            "ecsward_process_group_cpu_seconds_total{group=\"nginx.service\",mode=\"system\"} 0\n"
            "ecsward_process_group_cpu_seconds_total{group=\"nginx.service\",mode=\"user\"} 0\n"
            "ecsward_process_group_oldest_start_timestamp_seconds{group=\"nginx.service\"} "
            "1.600000002e+09\n"
            "ecsward_process_group_open_fds{group=\"nginx.service\"} 2\n"
            "ecsward_process_group_processes{group=\"nginx.service\"} 2\n"
            "ecsward_process_group_proportional_bytes{group=\"nginx.service\"} 22528\n"
            "ecsward_process_group_read_bytes_total{group=\"nginx.service\"} 0\n"
            "ecsward_process_group_resident_bytes{group=\"nginx.service\"} 28672\n"
            "ecsward_process_group_restarts_total{group=\"nginx.service\"} 0\n"
            "ecsward_process_group_threads{group=\"nginx.service\"} 3\n"
            "ecsward_process_group_written_bytes_total{group=\"nginx.service\"} 0\n");
}

TEST_F(ProcessCollectorTest, CountersOutliveTheirProcesses) {
  host.Put({.pid = 5, .name = "job"});
  Start();
  Run();
  host.Put({.pid = 6, .name = "job", .user = 300, .system = 100, .start = 900});
  host.Io(6, 4096, 8192);
  const std::string full = RunFull();
  EXPECT_EQ(Value(full, Of("cpu_seconds_total", "group=\"job\",mode=\"user\"")), 3);
  EXPECT_EQ(Value(full, Of("cpu_seconds_total", "group=\"job\",mode=\"system\"")), 1);
  EXPECT_EQ(Value(full, Of("read_bytes_total", "group=\"job\"")), 4096);
  EXPECT_EQ(Value(full, Of("written_bytes_total", "group=\"job\"")), 8192);
  host.End(5);
  host.End(6);
  const std::string empty = RunFull();
  EXPECT_EQ(Value(empty, Of("processes", "group=\"job\"")), 0);
  EXPECT_EQ(Value(empty, Of("cpu_seconds_total", "group=\"job\",mode=\"user\"")), 3);
  EXPECT_EQ(Value(empty, Of("read_bytes_total", "group=\"job\"")), 4096);
}

TEST_F(ProcessCollectorTest, CountsTheBusyOnesEverySecond) {
  host.Put({.pid = 5, .name = "busy"});
  Start();
  Run();
  host.Put({.pid = 5, .name = "busy", .user = 500});
  RunFull();
  host.Put({.pid = 5, .name = "busy", .user = 550});
  EXPECT_EQ(Value(Run(), Of("cpu_seconds_total", "group=\"busy\",mode=\"user\"")), 5.5);
}

TEST_F(ProcessCollectorTest, LooksAtAllEarlyWhenSomebodyUnknownIsBusy) {
  host.Put({.pid = 5, .name = "idle"});
  Start();
  Run();
  host.Busy(50);
  host.Put({.pid = 5, .name = "idle", .user = 50});
  EXPECT_EQ(Value(Run(), Of("cpu_seconds_total", "group=\"idle\",mode=\"user\"")), 0);  // too early
  host.Busy(100);
  host.Put({.pid = 5, .name = "idle", .user = 100});
  EXPECT_EQ(Value(Run(), Of("cpu_seconds_total", "group=\"idle\",mode=\"user\"")), 1);
}

TEST_F(ProcessCollectorTest, DoesNotLookEarlyAgainWhenThatFoundNobody) {
  host.Put({.pid = 5, .name = "idle"});
  Start();
  Run();
  // Work of processes that end before anybody sees them.
  for (int second = 1; second <= 4; ++second) {
    host.Busy(second * 100);
    Run();
  }
  // The look of second 2 found nobody: 5 s later, not 2.
  const auto picture = host.boards->groups.Read();
  ASSERT_TRUE(picture);
  EXPECT_EQ(picture->time_ms, 1'700'000'002'000);
}

TEST_F(ProcessCollectorTest, FillsTheRings) {
  host.Put({.pid = 5, .name = "php-fpm", .rss = 1000});
  host.Put({.pid = 6, .name = "php-fpm", .rss = 500});
  host.Put({.pid = 7, .name = "mysqld", .rss = 100});
  host.Io(7, 0, 0);
  Start();
  Run();
  host.Busy(1000);
  host.Put({.pid = 5, .name = "php-fpm", .user = 360, .rss = 1000});
  host.Put({.pid = 6, .name = "php-fpm", .user = 240, .rss = 500});
  host.Put({.pid = 7, .name = "mysqld", .user = 120, .rss = 100});
  host.Io(7, 60'000, 0);
  RunFull();  // six seconds later
  const std::int64_t now_ms = 1'700'000'006'000;
  EvidencePeriod period;
  ASSERT_TRUE(host.boards->cpu.Average(0, now_ms, period));
  ASSERT_EQ(period.offenders.size(), 2u);
  EXPECT_EQ(period.offenders[0].name, "php-fpm");
  EXPECT_NEAR(period.offenders[0].amount, 1, 1e-6);
  EXPECT_NEAR(period.offenders[0].share, 0.6, 1e-6);
  EXPECT_EQ(period.offenders[0].pid, 5);
  EXPECT_NEAR(period.total, 10.0 / 6, 1e-6);
  ASSERT_TRUE(host.boards->memory.Average(0, now_ms, period));
  EXPECT_EQ(period.offenders[0].name, "php-fpm");
  EXPECT_NEAR(period.total, 400'000 * 1024.0, 1);
  EXPECT_NEAR(period.offenders[0].amount, 1500 * 4096.0, 1);
  ASSERT_TRUE(host.boards->disk.Average(0, now_ms, period));
  EXPECT_EQ(period.offenders[0].name, "mysqld");
  EXPECT_NEAR(period.offenders[0].amount, 10'000, 1);
}

TEST_F(ProcessCollectorTest, RingsMoveWithTheClock) {
  host.Put({.pid = 5, .name = "a"});
  Start();
  Run();
  Run();
  host.clock.SetWall(host.clock.Wall() - std::chrono::hours(1));
  Run();
  Run();
  EXPECT_EQ(host.boards->cpu.size(), 3u);
  EXPECT_EQ(host.boards->cpu.Count(1'699'996'400'000, 1'699'996'410'000), 3u);
}

TEST_F(ProcessCollectorTest, AForkBombAddsNoSeries) {
  Start({{"max_groups", "3"}});
  for (int pid = 1; pid <= 400; ++pid) {
    host.Put({.pid = pid, .name = "bomb" + std::to_string(pid), .rss = pid});
  }
  const std::string text = Run();
  EXPECT_EQ(Value(text, Of("processes", "group=\"bomb400\"")), 1);  // the biggest have names
  EXPECT_EQ(Value(text, Of("processes", "group=\"bomb398\"")), 1);
  EXPECT_EQ(Value(text, Of("processes", "group=\"bomb397\"")), -1);
  EXPECT_EQ(Value(text, Of("processes", "group=\"other\"")), 397);
  EXPECT_LE(set.live_count(), 4u * 11);
}

TEST_F(ProcessCollectorTest, GroupsAsConfigured) {
  host.Put({.pid = 5, .name = "java"});
  host.Write("proc/5/cmdline", std::string("java\0-jar\0shop.jar\0", 19));
  host.Put({.pid = 6, .name = "java"});
  host.Put({.pid = 7, .name = "sh"});
  Start({{"groups", "shop cmdline=shop[.]jar, jvm process=^java$"}});
  const std::string text = Run();
  EXPECT_EQ(Value(text, Of("processes", "group=\"shop\"")), 1);
  EXPECT_EQ(Value(text, Of("processes", "group=\"jvm\"")), 1);
  EXPECT_EQ(Value(text, Of("processes", "group=\"sh\"")), 1);
}

TEST_F(ProcessCollectorTest, AnExecMovesAProcess) {
  host.Put({.pid = 5, .name = "sh", .user = 10});
  Start();
  Run();
  host.Put({.pid = 5, .name = "nginx", .user = 40});
  const std::string text = RunFull();
  EXPECT_EQ(Value(text, Of("processes", "group=\"nginx\"")), 1);
  EXPECT_EQ(Value(text, Of("processes", "group=\"sh\"")), 0);
}

TEST_F(ProcessCollectorTest, NamesParentsOfZombiesAndWhatTheBlockedWaitFor) {
  host.Put({.pid = 5, .name = "bad\nparent"});
  host.Put({.pid = 6, .name = "child", .state = 'Z', .parent = 5});
  host.Put({.pid = 7, .name = "child", .state = 'Z', .parent = 5});
  host.Put({.pid = 8, .name = "cp", .state = 'D'});
  host.Write("proc/8/wchan", "nfs_wait_bit");
  Start();
  std::string text = Run();
  EXPECT_EQ(Value(text, "ecsward_processes_zombie{parent=\"bad?parent\"}"), 2);
  EXPECT_EQ(text.find("ecsward_processes_blocked"), std::string::npos);  // it may be just now
  text = RunFull();
  EXPECT_EQ(Value(text, "ecsward_processes_blocked{process=\"cp\",wchan=\"nfs_wait_bit\"}"), 1);
  host.Put({.pid = 8, .name = "cp", .state = 'S'});
  EXPECT_EQ(RunFull().find("ecsward_processes_blocked"), std::string::npos);
}

TEST_F(ProcessCollectorTest, BoundsWhatHangs) {
  for (int pid = 1; pid <= 60; ++pid) {
    host.Put({.pid = pid, .name = "d" + std::to_string(pid), .state = 'D'});
    host.Put({.pid = 100 + pid, .name = "z", .state = 'Z', .parent = pid});
  }
  Start();
  Run();
  const std::string text = RunFull();
  std::size_t lines = 0;
  for (auto at = text.find("\necsward_processes_"); at != std::string::npos;
       at = text.find("\necsward_processes_", at + 1)) {
    ++lines;
  }
  EXPECT_EQ(lines, 42u);
  EXPECT_EQ(Value(text, "ecsward_processes_zombie{parent=\"other\"}"), 40);
}

TEST_F(ProcessCollectorTest, ShowsGroupsToPeople) {
  host.Put({.pid = 5, .name = "java", .rss = 100, .threads = 9});
  host.Put({.pid = 6, .name = "sh"});
  Start();
  Run();
  host.Put({.pid = 5, .name = "java", .user = 300, .rss = 100, .threads = 9});
  RunFull();
  const auto picture = host.boards->groups.Read();
  ASSERT_TRUE(picture);
  ASSERT_EQ(picture->groups.size(), 2u);
  EXPECT_EQ(picture->groups[0].group, "java");
  EXPECT_DOUBLE_EQ(picture->groups[0].cpu_cores, 0.5);
  EXPECT_EQ(picture->groups[0].threads, 9u);
  EXPECT_EQ(picture->note, "no /dev/kmsg: victims of OOM kills have no name");
}

TEST_F(ProcessCollectorTest, FailsWithoutProc) {
  host.Remove("proc");
  Start();
  EXPECT_FALSE(host.Run(*collector, set));
}

TEST_F(ProcessCollectorTest, GivesPlacesInOtherWhenThereIsRoom) {
  Start({{"max_groups", "1"}});
  host.Put({.pid = 5, .name = "big", .rss = 100});
  host.Put({.pid = 6, .name = "small", .rss = 1});
  EXPECT_EQ(Value(Run(), Of("processes", "group=\"other\"")), 1);
  host.End(5);
  RunFull();
  host.clock.Advance(seconds(60));
  const std::string text = RunFull();
  EXPECT_EQ(Value(text, Of("processes", "group=\"small\"")), 1);
}

}  // namespace
}  // namespace ecsward
