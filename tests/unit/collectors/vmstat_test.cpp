#include "collectors/vmstat.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(VmstatCollector, TakesPagingAndFaultsByDefault) {
  HostFixture host;
  host.Write("proc/vmstat",
             "nr_free_pages 5\npgpgin 1\npswpout 2\npgfault 3\npgmajfault 4\noom_kill 6\n");
  EXPECT_EQ(*host.RunOnce("vmstat"),
            "node_vmstat_oom_kill 6\nnode_vmstat_pgfault 3\nnode_vmstat_pgmajfault 4\n"
            "node_vmstat_pgpgin 1\nnode_vmstat_pswpout 2\n");
}

TEST(VmstatCollector, TakesTheFieldsItIsToldTo) {
  HostFixture host;
  host.Write("proc/vmstat", "nr_free_pages 5\npgpgin 1\n");
  EXPECT_EQ(*host.RunOnce("vmstat", {{"fields", "^nr_"}}), "node_vmstat_nr_free_pages 5\n");
}

TEST(VmstatCollector, SaysWhichLineIsGarbled) {
  HostFixture host;
  host.Write("proc/vmstat", "pgpgin 1\npgpgout x\n");
  const auto run = host.RunOnce("vmstat");
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("line 2"), std::string::npos) << run.error().message;
}

}  // namespace
}  // namespace ecsward
