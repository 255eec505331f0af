#include "collectors/interrupts.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::string_view kTwoCpus =
    "           CPU0       CPU1       \n"
    " 36:          0     118855 PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0\n"
    "LOC:      42894      39047   Local timer interrupts\n"
    "ERR:          0\n";

TEST(DescribeInterrupt, SplitsChipAndDevicesOfANumberedOne) {
  std::string joined;
  const auto text = DescribeInterrupt({"36", 0, "IO-APIC   1-edge      i8042"}, joined);
  EXPECT_EQ(text.info, "IO-APIC");
  EXPECT_EQ(text.devices, "1-edge i8042");
}

TEST(DescribeInterrupt, KeepsTheWordsOfANamedOneTogether) {
  std::string joined;
  const auto text = DescribeInterrupt({"IPI0", 0, "Rescheduling  interrupts"}, joined);
  EXPECT_EQ(text.info, "Rescheduling interrupts");
  EXPECT_EQ(text.devices, "");
}

TEST(InterruptsCollector, ReportsEachCpu) {
  HostFixture host;
  host.Write("proc/interrupts", kTwoCpus);
  EXPECT_EQ(
      *host.RunOnce("interrupts"),
      "node_interrupts_total{cpu=\"0\",type=\"36\",info=\"PCI-MSIX-0000:00:02.0\",devices=\"1-edge "
      "virtio1-req.0\"} 0\n"
      "node_interrupts_total{cpu=\"0\",type=\"LOC\",info=\"Local timer interrupts\",devices=\"\"} "
      "42894\n"
      "node_interrupts_total{cpu=\"1\",type=\"36\",info=\"PCI-MSIX-0000:00:02.0\",devices=\"1-edge "
      "virtio1-req.0\"} 118855\n"
      "node_interrupts_total{cpu=\"1\",type=\"LOC\",info=\"Local timer interrupts\",devices=\"\"} "
      "39047\n");
}

TEST(InterruptsCollector, LeavesOutZerosAndFilteredNamesWhenTold) {
  HostFixture host;
  host.Write("proc/interrupts", kTwoCpus);
  EXPECT_EQ(
      *host.RunOnce("interrupts", {{"include_zeros", "false"}, {"name_exclude", "^LOC;"}}),
      "node_interrupts_total{cpu=\"1\",type=\"36\",info=\"PCI-MSIX-0000:00:02.0\",devices=\"1-"
      "edge virtio1-req.0\"} 118855\n");
  EXPECT_EQ(*host.RunOnce("interrupts", {{"name_include", "nothing"}}), "");
}

TEST(InterruptsCollector, LeavesOutErrorCountsOfAOneCpuHost) {
  HostFixture host;
  host.Write("proc/interrupts", "           CPU0\nERR:          3\nMIS:          0\n");
  EXPECT_EQ(*host.RunOnce("interrupts"), "");
}

TEST(InterruptsCollector, NamesTheFileOfABadLine) {
  HostFixture host;
  host.Write("proc/interrupts", "CPU0\nLOC: x\n");
  const auto run = host.RunOnce("interrupts");
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("/proc/interrupts: line 2"), std::string::npos)
      << run.error().message;
}

}  // namespace
}  // namespace ecsward
