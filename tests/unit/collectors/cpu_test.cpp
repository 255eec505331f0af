#include "collectors/cpu.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

bool Has(const Result<std::string>& run, std::string_view line) {
  return run && ("\n" + *run).find("\n" + std::string(line) + "\n") != std::string::npos;
}

TEST(ParseCpuStat, ConvertsTicksToSeconds) {
  CpuStat stat;
  ASSERT_TRUE(ParseCpuStat("cpu  250 0 100 1000\ncpu7 250 0 100 1000\nintr 1\n", 100, stat));
  ASSERT_EQ(stat.cpus.size(), 1u);  // the sum line is not a CPU
  EXPECT_EQ(stat.cpus[0].cpu, "7");
  EXPECT_DOUBLE_EQ(stat.cpus[0].seconds[kUser], 2.5);
  EXPECT_DOUBLE_EQ(stat.cpus[0].seconds[kSteal], 0);  // absent on old kernels, not an error
  EXPECT_DOUBLE_EQ(stat.all.seconds[kIdle], 10);
}

TEST(ParseCpuStat, NamesTheBadLine) {
  CpuStat stat;
  const auto parsed = ParseCpuStat("cpu  1 2 3 4\ncpu0 1 2 3\n", 100, stat);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kParse);
  EXPECT_EQ(parsed.error().message, "line 2: want at least four numbers");
}

TEST(ParseCpuStat, RefusesACpuNumberThatWouldFillTheMemory) {
  CpuStat stat;
  EXPECT_FALSE(ParseCpuStat("cpu4000000000 1 2 3 4\n", 100, stat));
}

TEST(ParseCpuStat, RefusesTextWithoutCpus) {
  CpuStat stat;
  EXPECT_FALSE(ParseCpuStat("", 100, stat));
  EXPECT_FALSE(ParseCpuStat("cpu  1 2 3 4\n", 100, stat));
}

TEST(CpuUtilization, CountsIdleAndIowaitAsFree) {
  CpuTimes before, now;
  now.seconds = {0.5, 0, 0.2, 1.0, 0.2, 0, 0, 0.1};
  EXPECT_DOUBLE_EQ(*CpuUtilization(before, now), 0.4);
}

TEST(CpuUtilization, SaysNothingWhenIdleTimeFellBack) {
  CpuTimes before, now;
  before.seconds[kIdle] = 10;
  now.seconds = {1, 0, 0, 9};
  EXPECT_FALSE(CpuUtilization(before, now));
  EXPECT_FALSE(CpuUtilization(now, now));  // nor when no time passed
}

TEST(CpuCollector, NamesEachModeAndGuestTime) {
  HostFixture host;
  host.Write("proc/stat",
             "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 100 200 300 400 500 600 700 800 900 1000\n");
  const auto run = host.RunOnce("cpu");
  EXPECT_TRUE(Has(run, "node_cpu_seconds_total{cpu=\"0\",mode=\"steal\"} 8")) << *run;
  EXPECT_TRUE(Has(run, "node_cpu_guest_seconds_total{cpu=\"0\",mode=\"user\"} 9")) << *run;
  EXPECT_TRUE(Has(run, "node_cpu_guest_seconds_total{cpu=\"0\",mode=\"nice\"} 10")) << *run;
}

TEST(CpuCollector, HoldsACounterThatWavers) {
  HostFixture host;
  const auto collector = host.Make("cpu");
  SeriesSet set;
  host.Write("proc/stat", "cpu  0 0 0 1000 100\ncpu0 0 0 0 1000 100\n");
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/stat", "cpu  0 0 0 900 90\ncpu0 0 0 0 900 90\n");
  const auto run = host.Run(*collector, set);
  EXPECT_TRUE(Has(run, "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 10")) << *run;
  EXPECT_TRUE(Has(run, "node_cpu_seconds_total{cpu=\"0\",mode=\"iowait\"} 1")) << *run;
}

TEST(CpuCollector, StartsAgainWhenAHotpluggedCpuDoes) {
  HostFixture host;
  const auto collector = host.Make("cpu");
  SeriesSet set;
  host.Write("proc/stat", "cpu  50 0 0 1000\ncpu0 50 0 0 1000\n");
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/stat", "cpu  1 0 0 700\ncpu0 1 0 0 700\n");
  const auto run = host.Run(*collector, set);
  EXPECT_TRUE(Has(run, "node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} 7")) << *run;
  EXPECT_TRUE(Has(run, "node_cpu_seconds_total{cpu=\"0\",mode=\"user\"} 0.01")) << *run;
}

TEST(CpuCollector, DropsACpuThatWentOffline) {
  HostFixture host;
  const auto collector = host.Make("cpu");
  SeriesSet set;
  host.Write("proc/stat", "cpu  0 0 0 2\ncpu0 0 0 0 1\ncpu1 0 0 0 1\n");
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/stat", "cpu  0 0 0 2\ncpu0 0 0 0 1\n");
  const auto run = host.Run(*collector, set);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->find("cpu=\"1\""), std::string::npos) << *run;
}

TEST(CpuCollector, ShowsTheSpikeBetweenScrapes) {
  HostFixture host;
  const auto collector = host.Make("cpu");
  SeriesSet set;
  host.Write("proc/stat", "cpu  0 0 0 0\ncpu0 0 0 0 0\n");
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/stat", "cpu  90 0 0 10\ncpu0 90 0 0 10\n");
  ASSERT_TRUE(host.Run(*collector, set));
  host.Write("proc/stat", "cpu  100 0 0 100\ncpu0 100 0 0 100\n");
  const auto run = host.Run(*collector, set);
  EXPECT_TRUE(Has(run, "ecsward_cpu_utilization_ratio{window=\"15s\",stat=\"max\"} 0.9")) << *run;
  EXPECT_TRUE(Has(run, "ecsward_cpu_utilization_ratio{window=\"15s\",stat=\"avg\"} 0.5")) << *run;
}

TEST(CpuCollector, CountsThrottlingOncePerCoreAndPackage) {
  HostFixture host;
  host.Write("proc/stat", "cpu  0 0 0 2\ncpu0 0 0 0 1\ncpu1 0 0 0 1\n");
  for (const char* cpu : {"cpu0", "cpu1"}) {
    const std::string folder = std::string("sys/devices/system/cpu/") + cpu;
    host.Write(folder + "/topology/physical_package_id", "0\n");
    host.Write(folder + "/topology/core_id", "3\n");
    host.Write(folder + "/thermal_throttle/core_throttle_count", "5\n");
    host.Write(folder + "/thermal_throttle/package_throttle_count", "30\n");
  }
  host.Write("sys/devices/system/cpu/isolated", "1\n");
  const auto run = host.RunOnce("cpu");
  EXPECT_TRUE(Has(run, "node_cpu_core_throttles_total{package=\"0\",core=\"3\"} 5")) << *run;
  EXPECT_TRUE(Has(run, "node_cpu_package_throttles_total{package=\"0\"} 30")) << *run;
  EXPECT_TRUE(Has(run, "node_cpu_isolated{cpu=\"1\"} 1")) << *run;
  EXPECT_EQ(run->find("node_cpu_online"), std::string::npos) << *run;
}

TEST(CpuCollector, DescribesTheCpusWhenAsked) {
  HostFixture host;
  host.Write("proc/stat", "cpu  0 0 0 2\ncpu0 0 0 0 1\n");
  host.Write("proc/cpuinfo",
             "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\n"
             "model name\t: Xeon\nstepping\t: 6\nmicrocode\t: 0x1\ncache size\t: 49152 KB\n"
             "physical id\t: 0\ncore id\t\t: 1\nflags\t\t: sse avx avx2\nbugs\t\t: srso\n\n");
  const auto run = host.RunOnce("cpu", {{"info_flags_include", "^avx"}});
  EXPECT_TRUE(Has(run,
                  "node_cpu_info{package=\"0\",core=\"1\",cpu=\"0\",vendor=\"GenuineIntel\","
                  "family=\"6\",model=\"106\",model_name=\"Xeon\",microcode=\"0x1\",stepping=\"6\","
                  "cachesize=\"49152 KB\"} 1"))
      << *run;
  EXPECT_TRUE(Has(run, "node_cpu_flag_info{flag=\"avx2\"} 1")) << *run;
  EXPECT_EQ(run->find("flag=\"sse\""), std::string::npos);
  EXPECT_EQ(run->find("node_cpu_bug_info"), std::string::npos);
}

TEST(ParseCpuList, TakesSinglesAndRanges) {
  EXPECT_EQ(*ParseCpuList("0,2-4\n"), (std::vector<unsigned>{0, 2, 3, 4}));
  EXPECT_TRUE(ParseCpuList("\n")->empty());
  EXPECT_FALSE(ParseCpuList("0-4000000000"));
  EXPECT_FALSE(ParseCpuList("3-1"));
}

}  // namespace
}  // namespace ecsward
