#include "collectors/schedstat.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTwoCpus =
    "version 15\n"
    "timestamp 4294937298\n"
    "cpu0 0 0 0 0 0 0 2500000000 500000000 31\n"
    "domain0 00000000,00000003 212499247 210112015 1861015\n"
    "cpu1 0 0 0 0 0 0 1000000000 2000000000 32\n";

TEST(ParseSchedstat, ConvertsNanosecondsToSeconds) {
  std::vector<SchedstatCpu> cpus;
  const auto ok = ParseSchedstat(kTwoCpus, cpus);
  ASSERT_TRUE(ok) << ok.error().message;
  ASSERT_EQ(cpus.size(), 2u);  // the domain is not a CPU
  EXPECT_EQ(cpus[0].cpu, "0");
  EXPECT_DOUBLE_EQ(cpus[0].running_seconds, 2.5);
  EXPECT_DOUBLE_EQ(cpus[0].waiting_seconds, 0.5);
  EXPECT_DOUBLE_EQ(cpus[1].timeslices, 32);
}

TEST(ParseSchedstat, NamesTheTruncatedLine) {
  std::vector<SchedstatCpu> cpus;
  const auto bad = ParseSchedstat("version 15\ncpu0 0 0 0 0 0 0 25", cpus);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("line 2"), std::string::npos) << bad.error().message;
}

TEST(ParseSchedstat, RefusesTextWithoutCpus) {
  std::vector<SchedstatCpu> cpus;
  EXPECT_FALSE(ParseSchedstat("", cpus));
  EXPECT_FALSE(ParseSchedstat("version 15\n", cpus));
  EXPECT_FALSE(ParseSchedstat("cpu\n", cpus));
}

TEST(SchedstatCollector, ReportsEachCpu) {
  HostFixture host;
  host.Write("proc/schedstat", kTwoCpus);
  EXPECT_EQ(*host.RunOnce("schedstat"),
            "node_schedstat_running_seconds_total{cpu=\"0\"} 2.5\n"
            "node_schedstat_running_seconds_total{cpu=\"1\"} 1\n"
            "node_schedstat_timeslices_total{cpu=\"0\"} 31\n"
            "node_schedstat_timeslices_total{cpu=\"1\"} 32\n"
            "node_schedstat_waiting_seconds_total{cpu=\"0\"} 0.5\n"
            "node_schedstat_waiting_seconds_total{cpu=\"1\"} 2\n");
}

TEST(SchedstatCollector, IsNotSupportedWhereTheKernelKeepsNone) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("schedstat").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
