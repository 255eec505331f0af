#include "collectors/entropy.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(EntropyCollector, ReportsPoolAndWhatIsLeft) {
  HostFixture host;
  host.Write("proc/sys/kernel/random/entropy_avail", "1337\n");
  host.Write("proc/sys/kernel/random/poolsize", "4096\n");
  EXPECT_EQ(*host.RunOnce("entropy"),
            "node_entropy_available_bits 1337\nnode_entropy_pool_size_bits 4096\n");
}

TEST(EntropyCollector, ReportsThePoolThoughTheRestIsGarbled) {
  HostFixture host;
  host.Write("proc/sys/kernel/random/entropy_avail", "");
  host.Write("proc/sys/kernel/random/poolsize", "4096\n");
  SeriesSet set;
  const auto collector = host.Make("entropy");
  const auto run = host.Run(*collector, set);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kParse);
  EXPECT_EQ(Samples(set), "node_entropy_pool_size_bits 4096\n");
}

}  // namespace
}  // namespace ecsward
