#include "base/database_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

const WallTime kNow{std::chrono::seconds(1'740'830'400)};  // 2025-03-01 12:00:00 UTC

constexpr const char* kFirst[] = {"CREATE TABLE a (x INTEGER)"};
constexpr const char* kSecond[] = {"CREATE TABLE a (x INTEGER)", "ALTER TABLE a ADD y INTEGER"};

class DatabaseFileTest : public testing::Test {
 protected:
  TempFolder folder_;
  const std::string path_ = folder_.path() / "some.db";
};

TEST_F(DatabaseFileTest, BringsAnOlderSchemaToThisVersion) {
  {
    auto db = OpenDatabase(path_, {1, kFirst});
    ASSERT_TRUE(db) << db.error().message;
    ASSERT_TRUE(db->Run("INSERT INTO a VALUES (7)"));
  }
  auto db = OpenDatabase(path_, {1, kSecond});
  ASSERT_TRUE(db) << db.error().message;
  EXPECT_EQ(*db->Number("SELECT x FROM a WHERE y IS NULL"), 7);
  EXPECT_EQ(*db->Number("PRAGMA user_version"), 2);
}

TEST_F(DatabaseFileTest, RefusesALaterSchemaAndOtherKinds) {
  ASSERT_TRUE(OpenDatabase(path_, {1, kSecond}));
  EXPECT_EQ(OpenDatabase(path_, {1, kFirst}).error().code, ErrorCode::kParse);
  EXPECT_EQ(OpenDatabase(path_, {2, kSecond}).error().code, ErrorCode::kParse);
}

TEST_F(DatabaseFileTest, ATransactionIsAllOrNothing) {
  auto db = OpenDatabase(path_, {1, kFirst});
  ASSERT_TRUE(db);
  const auto failed = InTransaction(*db, [&]() -> Result<void> {
    if (auto ok = db->Run("INSERT INTO a VALUES (1)"); !ok) return ok;
    return Fail(ErrorCode::kInternal, "stop");
  });
  EXPECT_EQ(failed.error().message, "stop");
  EXPECT_EQ(*db->Number("SELECT count(*) FROM a"), 0);
  ASSERT_TRUE(InTransaction(*db, [&] { return db->Run("INSERT INTO a VALUES (1)"); }));
  EXPECT_EQ(*db->Number("SELECT count(*) FROM a"), 1);
}

TEST_F(DatabaseFileTest, SetsAFileAsideWithItsCompanionsAndNeverOverAnother) {
  for (const char* end : {"", "-wal", "-shm"}) std::ofstream(path_ + end) << "x";
  const std::string first = path_ + ".corrupt-20250301T120000Z";
  EXPECT_EQ(*SetDatabaseAside(path_, kNow), first);
  for (const char* end : {"", "-wal", "-shm"}) {
    EXPECT_TRUE(fs::exists(first + end)) << end;
    EXPECT_FALSE(fs::exists(path_ + end)) << end;
  }
  std::ofstream(path_) << "y";
  EXPECT_EQ(*SetDatabaseAside(path_, kNow), first + "-2");
  EXPECT_FALSE(SetDatabaseAside(path_, kNow));
}

TEST_F(DatabaseFileTest, LeavesOnlyTheNewestOfTheFilesSetAside) {
  for (const char* end : {"", "-wal"}) std::ofstream(path_ + end) << "x";
  const std::string first = *SetDatabaseAside(path_, kNow);
  std::ofstream(path_) << "y";
  const std::string second = *SetDatabaseAside(path_, kNow + std::chrono::hours(1));
  EXPECT_FALSE(fs::exists(first));
  EXPECT_FALSE(fs::exists(first + "-wal"));
  EXPECT_TRUE(fs::exists(second));
}

}  // namespace
}  // namespace ecsward
