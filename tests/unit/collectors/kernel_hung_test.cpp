#include "collectors/kernel_hung.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(KernelHungCollector, CountsHungTasks) {
  HostFixture host;
  host.Write("proc/sys/kernel/hung_task_detect_count", "3\n");
  EXPECT_EQ(*host.RunOnce("kernel_hung"), "node_kernel_hung_task_detect_count 3\n");
}

TEST(KernelHungCollector, IsNotSupportedByOlderKernels) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("kernel_hung").error().code, ErrorCode::kNotSupported);
}

TEST(KernelHungCollector, NamesTheFileThatIsNotANumber) {
  HostFixture host;
  host.Write("proc/sys/kernel/hung_task_detect_count", "\n");
  const auto run = host.RunOnce("kernel_hung");
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("hung_task_detect_count"), std::string::npos);
}

}  // namespace
}  // namespace ecsward
