#include "exporters/notify/config_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/temp_folder.h"

namespace ecsward::notify {
namespace {

TEST(HostConfigFiles, ReadsWhatLiesBesideTheConfiguration) {
  const TempFolder folder;
  std::ofstream(folder.path() / "token") << "hush\n";
  std::ofstream(folder.path() / "b.tmpl") << "B";
  std::ofstream(folder.path() / "a.tmpl") << "A";
  const std::string root = folder.path();
  const HostConfigFiles files(root);
  EXPECT_EQ(files.ReadSecret("token")->Reveal(), "hush");
  EXPECT_EQ(*files.ReadText(root + "/a.tmpl"), "A");
  EXPECT_EQ(files.Matching("*.tmpl"),
            (std::vector<std::string>{root + "/a.tmpl", root + "/b.tmpl"}));
  EXPECT_EQ(files.Matching("none.tmpl"), std::vector<std::string>{"none.tmpl"});
  EXPECT_TRUE(files.Matching("*.none").empty());
  EXPECT_EQ(files.PathOf("x"), root + "/x");
  EXPECT_EQ(files.PathOf("/x"), "/x");
}

TEST(HostConfigFiles, TakesARelativeFolderForOneBelowTheCurrent) {
  const std::string here = std::filesystem::current_path();
  EXPECT_EQ(HostConfigFiles("a/b").PathOf("x"), here + "/a/b/x");
  EXPECT_EQ(HostConfigFiles("a/b/").PathOf("x"), here + "/a/b/x");
  EXPECT_EQ(HostConfigFiles("").PathOf("x"), here + "/x");
  const TempFolder folder;
  std::ofstream(folder.path() / "a.tmpl") << "A";
  const HostConfigFiles files(std::filesystem::relative(folder.path()));
  const auto found = files.Matching("*.tmpl");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(*files.ReadText(found[0]), "A");
}

TEST(HostConfigFiles, RefusesWhatIsNoFile) {
  const TempFolder folder;
  const HostConfigFiles files(folder.path());
  EXPECT_EQ(files.ReadSecret("none").error().message,
            (folder.path() / "none").string() + ": No such file or directory");
  // It would never end.
  EXPECT_EQ(files.ReadSecret("/dev/zero").error().message, "/dev/zero: not a file");
  EXPECT_EQ(files.ReadText("/dev").error().message, "/dev: not a file");
}

TEST(HostConfigFiles, KnowsZonesByWhatIsInTheirFiles) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path() / "Asia");
  std::ofstream(folder.path() / "Asia" / "Shanghai") << "TZif2";
  std::ofstream(folder.path() / "zone.tab") << "# text";
  std::ofstream(folder.path() / "Asia" / "..x") << "TZif2";
  const HostConfigFiles files("", folder.path());
  EXPECT_TRUE(files.KnowsZone("Asia/Shanghai"));
  EXPECT_FALSE(files.KnowsZone("Asia/Nowhere"));
  EXPECT_FALSE(files.KnowsZone("Asia"));
  EXPECT_FALSE(files.KnowsZone("zone.tab"));
  EXPECT_FALSE(files.KnowsZone("Asia/..x"));
  EXPECT_FALSE(files.KnowsZone(""));
}

}  // namespace
}  // namespace ecsward::notify
