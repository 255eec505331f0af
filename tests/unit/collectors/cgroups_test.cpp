#include "collectors/cgroups.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTwo =
    "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
    "cpuset\t3\t1\t1\n"
    "memory\t4\t16\t0\n";

TEST(CgroupsCollector, ReportsEachController) {
  HostFixture host;
  host.Write("proc/cgroups", kTwo);
  EXPECT_EQ(*host.RunOnce("cgroups"),
            "node_cgroups_cgroups{subsys_name=\"cpuset\"} 1\n"
            "node_cgroups_cgroups{subsys_name=\"memory\"} 16\n"
            "node_cgroups_enabled{subsys_name=\"cpuset\"} 1\n"
            "node_cgroups_enabled{subsys_name=\"memory\"} 0\n");
}

TEST(ParseCgroups, NamesTheTruncatedLine) {
  std::vector<CgroupController> controllers;
  const auto bad = ParseCgroups(kTwo.substr(0, kTwo.size() - 3), controllers);
  ASSERT_FALSE(bad);
  EXPECT_NE(bad.error().message.find("line 3"), std::string::npos) << bad.error().message;
  EXPECT_FALSE(ParseCgroups("", controllers));
}

TEST(CgroupsCollector, IsNotSupportedWithoutControlGroups) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("cgroups").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
