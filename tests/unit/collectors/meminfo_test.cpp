#include "collectors/meminfo.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(MeminfoCollector, NamesFieldsByUnitAndParentheses) {
  HostFixture host;
  host.Write("proc/meminfo",
             "MemTotal:       1000 kB\nMemAvailable:    250 kB\nActive(anon):      4 kB\n"
             "HugePages_Total:   7\n");
  const auto run = host.RunOnce("meminfo");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_NE(run->find("node_memory_MemTotal_bytes 1.024e+06\n"), std::string::npos) << *run;
  EXPECT_NE(run->find("node_memory_Active_anon_bytes 4096\n"), std::string::npos) << *run;
  EXPECT_NE(run->find("node_memory_HugePages_Total 7\n"), std::string::npos) << *run;
  EXPECT_NE(run->find("ecsward_memory_utilization_ratio{window=\"60s\",stat=\"max\"} 0.75\n"),
            std::string::npos)
      << *run;
}

TEST(MeminfoCollector, ReportsWhatItUnderstoodBeforeTheGarbledLine) {
  HostFixture host;
  host.Write("proc/meminfo", "MemTotal: 4 kB\nMemFr");
  const auto collector = host.Make("meminfo");
  SeriesSet set;
  const auto run = host.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kParse);
  EXPECT_NE(run.error().message.find("/proc/meminfo: line 2: "), std::string::npos);
  EXPECT_EQ(Samples(set), "node_memory_MemTotal_bytes 4096\n");
}

TEST(MeminfoCollector, MakesAValidNameOfAnyField) {
  HostFixture host;
  host.Write("proc/meminfo", "A-\"b{\xff}: 1\n");
  EXPECT_EQ(*host.RunOnce("meminfo"), "node_memory_A__b___ 1\n");
}

TEST(FieldMetrics, AreBoundedWhateverTheFileSays) {
  FieldMetrics metrics([](std::string_view field) {
    return FieldMetrics::Texts{std::string(field), "", MetricType::kGauge};
  });
  int made = 0;
  for (int i = 0; i < 5000; ++i) made += metrics.At(0, "f" + std::to_string(i)) != nullptr ? 1 : 0;
  EXPECT_EQ(made, 1024);
}

}  // namespace
}  // namespace ecsward
