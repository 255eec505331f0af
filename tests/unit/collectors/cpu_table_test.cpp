#include "collectors/cpu_table.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

TEST(ParseCpuTable, TakesNamesCountsAndTheRest) {
  CpuTable table;
  const auto ok = ParseCpuTable(
      "           CPU0       CPU3\n"
      " 36:          7     118855 PCI-MSIX 1-edge      virtio1-req.0\n"
      "LOC:      42894      39047   Local timer interrupts\n",
      table);
  ASSERT_TRUE(ok) << ok.error().message;
  EXPECT_EQ(table.cpus, (std::vector<std::string_view>{"0", "3"}));  // 1 and 2 are offline
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[0].name, "36");
  EXPECT_EQ(table.ValuesOf(table.rows[0])[1], 118855);
  EXPECT_EQ(table.rows[1].rest, "Local timer interrupts");
}

TEST(ParseCpuTable, LeavesOutRowsThatAreNotPerCpu) {
  CpuTable table;
  ASSERT_TRUE(ParseCpuTable("CPU0 CPU1\nERR:          0\nNMI: 1 2 x\n", table));
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(table.ValuesOf(table.rows[0])[0], 1);  // ERR's count is not mistaken for NMI's
}

TEST(ParseCpuTable, NeedsNoBlankAfterTheColon) {
  CpuTable table;
  ASSERT_TRUE(ParseCpuTable("CPU0\nIPI0:1234   Rescheduling interrupts\n", table));
  EXPECT_EQ(table.ValuesOf(table.rows.at(0))[0], 1234);
}

TEST(ParseCpuTable, NamesTheBadLine) {
  CpuTable table;
  for (const std::string_view text :
       {"CPU0 CPU1\nHI: 1 2\nTIMER: 1 x\n", "CPU0\nHI: 1\nno colon\n", "CPU0\nHI: 1\n : 2\n"}) {
    const auto bad = ParseCpuTable(text, table);
    ASSERT_FALSE(bad);
    EXPECT_NE(bad.error().message.find("line 3"), std::string::npos) << bad.error().message;
  }
}

TEST(ParseCpuTable, RefusesHeadingsThatAreNotCpus) {
  CpuTable table;
  EXPECT_FALSE(ParseCpuTable("", table));
  EXPECT_FALSE(ParseCpuTable("\n", table));
  EXPECT_FALSE(ParseCpuTable("CPU0 CPUx\n", table));
  EXPECT_FALSE(ParseCpuTable("HI: 1 2\n", table));
}

}  // namespace
}  // namespace ecsward
