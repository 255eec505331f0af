#include "collectors/meminfo_numa.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseNodeMeminfo, ConvertsKilobytesAndKeepsCounts) {
  std::vector<NodeMemoryField> fields;
  const auto ok = ParseNodeMeminfo(
      "Node 0 MemTotal:        4 kB\n"
      "Node 0 Active(anon):    1 kB\n"
      "Node 0 HugePages_Total:     7\n",
      fields);
  ASSERT_TRUE(ok) << ok.error().message;
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].value, 4096);
  EXPECT_EQ(fields[1].name, "Active(anon)");
  EXPECT_EQ(fields[2].value, 7);
}

TEST(ParseNodeMeminfo, NamesTheBadLine) {
  std::vector<NodeMemoryField> fields;
  for (const std::string_view text :
       {"Node 0 A: 1 kB\nNode 0 MemTot", "Node 0 A: 1 kB\nNode 0 B: 1 MB\n",
        "Node 0 A: 1 kB\nNode 0 \"B\": 1 kB\n", "Node 0 A: 1 kB\nNode 0 B(: 1 kB\n"}) {
    const auto bad = ParseNodeMeminfo(text, fields);
    ASSERT_FALSE(bad) << text;
    EXPECT_NE(bad.error().message.find("line 2"), std::string::npos) << bad.error().message;
  }
  EXPECT_FALSE(ParseNodeMeminfo("", fields));
}

TEST(ParseNumastat, RefusesWhatIsNotNameAndNumber) {
  std::vector<NodeMemoryField> fields;
  EXPECT_TRUE(ParseNumastat("numa_hit 5\n", fields));
  EXPECT_FALSE(ParseNumastat("numa_hit\n", fields));
  EXPECT_FALSE(ParseNumastat("numa-hit 5\n", fields));
  EXPECT_FALSE(ParseNumastat("", fields));
}

void WriteNode(HostFixture& host, const std::string& number) {
  const std::string folder = "sys/devices/system/node/node" + number;
  host.Write(folder + "/meminfo", "Node " + number + " Active(anon):  1 kB\n");
  host.Write(folder + "/numastat", "numa_hit " + number + "\n");
}

TEST(MeminfoNumaCollector, ReportsEachNode) {
  HostFixture host;
  WriteNode(host, "0");
  WriteNode(host, "1");
  host.Write("sys/devices/system/node/online", "0-1\n");
  EXPECT_EQ(*host.RunOnce("meminfo_numa"),
            "node_memory_numa_Active_anon{node=\"0\"} 1024\n"
            "node_memory_numa_Active_anon{node=\"1\"} 1024\n"
            "node_memory_numa_numa_hit_total{node=\"0\"} 0\n"
            "node_memory_numa_numa_hit_total{node=\"1\"} 1\n");
}

TEST(MeminfoNumaCollector, GoesOnWithoutANodeThatWentAway) {
  HostFixture host;
  WriteNode(host, "0");
  WriteNode(host, "1");
  const auto collector = host.Make("meminfo_numa");
  SeriesSet set;
  ASSERT_TRUE(host.Run(*collector, set));
  host.Remove("sys/devices/system/node/node1");
  // Here the kept-open files read on until the next scan; sysfs answers ENODEV at once.
  ASSERT_TRUE(host.Run(*collector, set, Rescan::kEvery));
  EXPECT_EQ(*host.Run(*collector, set),
            "node_memory_numa_Active_anon{node=\"0\"} 1024\n"
            "node_memory_numa_numa_hit_total{node=\"0\"} 0\n");
}

TEST(MeminfoNumaCollector, IsNotSupportedWithoutNodes) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("meminfo_numa").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
