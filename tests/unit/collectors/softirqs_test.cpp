#include "collectors/softirqs.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(SoftirqsCollector, ReportsEachKindAndCpu) {
  HostFixture host;
  host.Write("proc/softirqs",
             "                    CPU0       CPU1\n"
             "          HI:          0          5\n"
             "      NET_RX:       1719       2052\n");
  EXPECT_EQ(*host.RunOnce("softirqs"),
            "node_softirqs_functions_total{cpu=\"0\",type=\"HI\"} 0\n"
            "node_softirqs_functions_total{cpu=\"0\",type=\"NET_RX\"} 1719\n"
            "node_softirqs_functions_total{cpu=\"1\",type=\"HI\"} 5\n"
            "node_softirqs_functions_total{cpu=\"1\",type=\"NET_RX\"} 2052\n");
}

TEST(SoftirqsCollector, NamesTheFileOfABadLine) {
  HostFixture host;
  host.Write("proc/softirqs", "CPU0\nHI: -1\n");
  const auto run = host.RunOnce("softirqs");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kParse);
  EXPECT_NE(run.error().message.find("/proc/softirqs: line 2"), std::string::npos)
      << run.error().message;
}

}  // namespace
}  // namespace ecsward
