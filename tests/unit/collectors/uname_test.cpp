#include "collectors/uname.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(UnameCollector, ReadsACapturedMachinesFiles) {
  HostFixture host;
  host.kernel.uname = UnameInfo{"Linux", "other", "", "x86_64", "", ""};
  host.Write("proc/sys/kernel/ostype", "Linux\n");
  host.Write("proc/sys/kernel/osrelease", "4.19.91-27.an7.x86_64\n");
  host.Write("proc/sys/kernel/version", "#1 SMP Mon\n");
  host.Write("proc/sys/kernel/hostname", "web-1\n");
  host.Write("proc/sys/kernel/domainname", "(none)\n");
  EXPECT_EQ(*host.RunOnce("uname"),
            "node_uname_info{domainname=\"(none)\",machine=\"x86_64\",nodename=\"web-1\","
            "release=\"4.19.91-27.an7.x86_64\",sysname=\"Linux\",version=\"#1 SMP Mon\"} 1\n");
}

TEST(UnameCollector, AsksTheKernelOnTheLiveHost) {
  const HostRoot root;  // /proc and /sys
  FakeKernel kernel;
  kernel.uname = UnameInfo{"Linux", "6.6", "#1", "aarch64", "db-1", "(none)"};
  SharedSources shared(root);
  HostBoards boards;
  const std::string nowhere;
  UnameCollector collector({root, kernel, shared, boards, nowhere});
  SeriesSet set;
  set.BeginRun();
  Recorder out(set);
  ASSERT_TRUE(collector.Collect({}, out));
  set.EndRun();
  EXPECT_NE(Samples(set).find("nodename=\"db-1\""), std::string::npos) << Samples(set);
}

}  // namespace
}  // namespace ecsward
