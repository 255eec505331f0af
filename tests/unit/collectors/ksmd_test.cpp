#include "collectors/ksmd.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(KsmdCollector, ReportsTheFilesThereAre) {
  HostFixture host;
  host.Write("sys/kernel/mm/ksm/full_scans", "2\n");
  host.Write("sys/kernel/mm/ksm/pages_shared", "17\n");
  host.Write("sys/kernel/mm/ksm/sleep_millisecs", "20\n");
  EXPECT_EQ(*host.RunOnce("ksmd"),
            "node_ksmd_full_scans_total 2\n"
            "node_ksmd_pages_shared 17\n"
            "node_ksmd_sleep_seconds 0.02\n");
}

TEST(KsmdCollector, IsNotSupportedWithoutTheFolder) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("ksmd").error().code, ErrorCode::kNotSupported);
}

TEST(KsmdCollector, NamesTheFileThatIsNotANumber) {
  HostFixture host;
  host.Write("sys/kernel/mm/ksm/run", "maybe\n");
  const auto run = host.RunOnce("ksmd");
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("ksm/run"), std::string::npos) << run.error().message;
}

}  // namespace
}  // namespace ecsward
