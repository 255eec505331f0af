#include "collectors/os.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParseOsRelease, UndoesQuoting) {
  const auto os = ParseOsRelease(
      "# comment\n\nNAME=\"Alibaba Cloud Linux\"\nID='alinux'\nVERSION_ID=3\n"
      "PRETTY_NAME=\"A \\\"quoted\\\" \\$name\"\nSUPPORT_END=2029-04-30\nHOME_URL=x\n");
  ASSERT_TRUE(os) << os.error().message;
  EXPECT_EQ(os->name, "Alibaba Cloud Linux");
  EXPECT_EQ(os->id, "alinux");
  EXPECT_EQ(os->pretty_name, "A \"quoted\" $name");
  ASSERT_TRUE(os->support_end_seconds);
  EXPECT_DOUBLE_EQ(*os->support_end_seconds, 1872201600);
}

TEST(ParseOsRelease, NamesTheLineThatIsWrong) {
  EXPECT_EQ(ParseOsRelease("ID=x\nnothing\n").error().message, "line 2: want KEY=VALUE");
  EXPECT_EQ(ParseOsRelease("SUPPORT_END=1014-04-30\n")->support_end_seconds, -30158179200);
  EXPECT_EQ(ParseOsRelease("SUPPORT_END=2029-02-30\n").error().message, "line 1: want a date");
}

TEST(MajorMinor, TakesTheNumberInFront) {
  EXPECT_DOUBLE_EQ(MajorMinor("22.04.3"), 22.04);
  EXPECT_DOUBLE_EQ(MajorMinor("8"), 8);
  EXPECT_DOUBLE_EQ(MajorMinor("3."), 3);
  EXPECT_DOUBLE_EQ(MajorMinor("rolling"), 0);
  EXPECT_DOUBLE_EQ(MajorMinor(""), 0);
}

TEST(OsCollector, FallsBackToUsrLib) {
  HostFixture host;
  host.Write("root/usr/lib/os-release", "ID=arch\nNAME=Arch\n");
  EXPECT_EQ(*host.RunOnce("os"),
            "node_os_info{build_id=\"\",id=\"arch\",id_like=\"\",image_id=\"\",image_version=\"\","
            "name=\"Arch\",pretty_name=\"\",variant=\"\",variant_id=\"\",version=\"\","
            "version_codename=\"\",version_id=\"\"} 1\n");
}

TEST(OsCollector, IsSilentWithoutTheFile) {
  HostFixture host;
  EXPECT_EQ(host.RunOnce("os").error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
