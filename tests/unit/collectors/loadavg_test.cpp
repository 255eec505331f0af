#include "collectors/loadavg.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseLoadavg, TakesTheThreeAverages) {
  const auto load = ParseLoadavg("0.52 0.58 0.59 1/389 4242\n");
  ASSERT_TRUE(load) << load.error().message;
  EXPECT_DOUBLE_EQ(load->load1, 0.52);
  EXPECT_DOUBLE_EQ(load->load15, 0.59);
}

TEST(ParseLoadavg, RefusesTruncatedText) { EXPECT_FALSE(ParseLoadavg("0.52 0.5")); }

TEST(LoadavgCollector, NamesTheAverages) {
  HostFixture host;
  host.Write("proc/loadavg", "0.52 0.58 12 1/389 4242\n");
  EXPECT_EQ(*host.RunOnce("loadavg"), "node_load1 0.52\nnode_load15 12\nnode_load5 0.58\n");
}

TEST(LoadavgCollector, SaysWhichFileIsMissing) {
  HostFixture host;
  const auto run = host.RunOnce("loadavg");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kNotFound);
  EXPECT_NE(run.error().message.find("/proc/loadavg"), std::string::npos) << run.error().message;
}

}  // namespace
}  // namespace ecsward
