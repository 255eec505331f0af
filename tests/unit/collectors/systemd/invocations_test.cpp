#include "collectors/systemd/invocations.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class InvocationsTest : public testing::Test {
 protected:
  void Start(const std::string& unit, const std::string& id) {
    Stop(unit);
    fs::create_symlink(id, folder_.path() / ("invocation:" + unit));
  }
  void Stop(const std::string& unit) { fs::remove(folder_.path() / ("invocation:" + unit)); }
  Names Changed() {
    Names changed;
    EXPECT_TRUE(invocations_.Read(changed));
    return changed;
  }

  TempFolder folder_;
  Invocations invocations_{folder_.path()};
};

TEST_F(InvocationsTest, AreNewsOnlyFromTheSecondLookOn) {
  Start("a.service", "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(Changed(), Names{});
  EXPECT_EQ(Changed(), Names{});
}

TEST_F(InvocationsTest, TellWhoWasStartedAndWhoStopped) {
  Start("a.service", "1");
  Start("b.service", "2");
  Start("c.service", "3");
  Changed();
  Stop("a.service");
  Start("b.service", "22");
  Start("d.service", "4");
  EXPECT_EQ(Changed(), (Names{"a.service", "b.service", "d.service"}));
  EXPECT_EQ(Changed(), Names{});
}

TEST_F(InvocationsTest, AreOfServicesWithPossibleNames) {
  Changed();
  Start("a.scope", "1");
  Start("b c.service", "2");
  Start("\x1b[31m.service", "3");
  Start(std::string(230, 'x') + "\xff.service", "4");
  Start("dev-disk-by\\x2duuid.service", "5");
  fs::create_symlink("6", folder_.path() / "log-level-max:e.service");
  std::filesystem::create_directory(folder_.path() / "invocation:f.service");
  EXPECT_EQ(Changed(), Names{"dev-disk-by\\x2duuid.service"});
}

TEST_F(InvocationsTest, MissingFolderIsAnError) {
  Invocations none(folder_.path() / "none");
  Names changed{"old"};
  const auto ok = none.Read(changed);
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(changed.empty());
}

}  // namespace
}  // namespace ecsward
