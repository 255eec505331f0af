#include "collectors/filefd.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseFileNr, SkipsTheNumberInTheMiddle) {
  const auto handles = ParseFileNr("654\t0\t2466170\n");
  ASSERT_TRUE(handles) << handles.error().message;
  EXPECT_DOUBLE_EQ(handles->allocated, 654);
  EXPECT_DOUBLE_EQ(handles->maximum, 2466170);
}

TEST(ParseFileNr, RefusesTwoNumbersOnALine) { EXPECT_FALSE(ParseFileNr("654\t0\n2466170\n")); }

TEST(FilefdCollector, NamesTheFileThatIsGarbled) {
  HostFixture host;
  host.Write("proc/sys/fs/file-nr", "654\t0\tmany\n");
  const auto run = host.RunOnce("filefd");
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().message.find("/proc/sys/fs/file-nr: line 1"), std::string::npos)
      << run.error().message;
}

}  // namespace
}  // namespace ecsward
