#include "metrics/history_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace ecsward {
namespace {

namespace fs = std::filesystem;

class HistoryFileTest : public testing::Test {
 protected:
  HistoryFileTest() {
    std::string made = (fs::temp_directory_path() / "ecsward-history-XXXXXX").string();
    folder_ = mkdtemp(made.data());
    path_ = (folder_ / "history").string();
  }
  ~HistoryFileTest() override { fs::remove_all(folder_); }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  fs::path folder_;
  std::string path_;
};

TEST_F(HistoryFileTest, ReadsWhatWasWritten) {
  const std::string bytes(700'000, 'x');
  ASSERT_TRUE(WriteFileAtomically(path_, "old"));
  ASSERT_TRUE(WriteFileAtomically(path_, bytes));
  EXPECT_EQ(*ReadWholeFile(path_, 700'000), bytes);
  EXPECT_EQ(Files(), std::vector<std::string>{"history"});
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(HistoryFileTest, AFailureLeavesTheOldFile) {
  ASSERT_TRUE(WriteFileAtomically(path_, "old"));
  fs::create_directory(path_ + ".new");  // where the new one should be written
  EXPECT_FALSE(WriteFileAtomically(path_, "new"));
  EXPECT_EQ(*ReadWholeFile(path_, 100), "old");
}

TEST_F(HistoryFileTest, SaysWhyItCannotRead) {
  EXPECT_EQ(ReadWholeFile(path_, 10).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(WriteFileAtomically(path_, "eleven byte"));
  EXPECT_EQ(ReadWholeFile(path_, 10).error().message, path_ + ": longer than 10 bytes");
}

TEST_F(HistoryFileTest, SetsTheNewestCorruptFileAside) {
  for (const int second : {100, 200}) {
    ASSERT_TRUE(WriteFileAtomically(path_, std::to_string(second)));
    const auto name = SetAside(path_, WallTime(std::chrono::seconds(second)));
    ASSERT_TRUE(name);
    EXPECT_EQ(*name, path_ + ".corrupt-" + std::to_string(second));
  }
  EXPECT_EQ(Files(), std::vector<std::string>{"history.corrupt-200"});
  EXPECT_FALSE(SetAside(path_, {}));
}

}  // namespace
}  // namespace ecsward
