#include "collectors/cpufreq.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kCpu0 = "sys/devices/system/cpu/cpu0/cpufreq/";
std::string At(std::string_view folder, std::string_view file) {
  return std::string(folder).append(file);
}

TEST(CpufreqCollector, ReportsFrequenciesAndTheGovernor) {
  HostFixture host;
  host.Write(At(kCpu0, "scaling_cur_freq"), "2400123\n");
  host.Write(At(kCpu0, "cpuinfo_max_freq"), "3500000\n");
  host.Write(At(kCpu0, "scaling_governor"), "powersave\n");
  host.Write(At(kCpu0, "scaling_available_governors"), "performance powersave \n");
  host.Write("sys/devices/system/cpu/cpu1/topology/core_id", "1\n");  // has no cpufreq
  EXPECT_EQ(*host.RunOnce("cpufreq"),
            "node_cpu_frequency_max_hertz{cpu=\"0\"} 3.5e+09\n"
            "node_cpu_scaling_frequency_hertz{cpu=\"0\"} 2.400123e+09\n"
            "node_cpu_scaling_governor{cpu=\"0\",governor=\"performance\"} 0\n"
            "node_cpu_scaling_governor{cpu=\"0\",governor=\"powersave\"} 1\n");
}

TEST(CpufreqCollector, GoesOnWithoutACpuThatWasTakenOffline) {
  HostFixture host;
  host.Write(At(kCpu0, "scaling_cur_freq"), "1000\n");
  host.Write("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "2000\n");
  const auto collector = host.Make("cpufreq");
  SeriesSet set;
  ASSERT_TRUE(host.Run(*collector, set));
  host.Remove("sys/devices/system/cpu/cpu1/cpufreq");
  host.Write(At(kCpu0, "scaling_cur_freq"), "1500\n");
  // Here the kept-open file reads on until the next scan; sysfs answers ENODEV at once.
  ASSERT_TRUE(host.Run(*collector, set, Rescan::kEvery));
  EXPECT_EQ(*host.Run(*collector, set), "node_cpu_scaling_frequency_hertz{cpu=\"0\"} 1.5e+06\n");
}

TEST(CpufreqCollector, IsNotSupportedOnGuestsThatCannotScale) {
  HostFixture host;
  host.Write("sys/devices/system/cpu/cpu0/topology/core_id", "0\n");
  EXPECT_EQ(host.RunOnce("cpufreq").error().code, ErrorCode::kNotSupported);
}

TEST(CpufreqCollector, NamesTheFileThatIsNotANumber) {
  HostFixture host;
  host.Write(At(kCpu0, "scaling_cur_freq"), "fast\n");
  const auto run = host.RunOnce("cpufreq");
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("cpu0/cpufreq/scaling_cur_freq"), std::string::npos)
      << run.error().message;
}

}  // namespace
}  // namespace ecsward
