#include "base/secret.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace ecsward {
namespace {

class SecretFile {
 public:
  explicit SecretFile(std::string_view text) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "ecsward-secret-XXXXXX").string();
    const int fd = ::mkstemp(pattern.data());
    path_ = pattern;
    std::ofstream(path_, std::ios::binary) << text;
    ::close(fd);
  }
  ~SecretFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Secret, PrintsRedactedEverywhere) {
  const Secret secret("hunter2");
  std::ostringstream stream;
  stream << secret;
  EXPECT_EQ(stream.str(), "<redacted>");
  EXPECT_EQ(fmt::format("{}", secret), "<redacted>");
  EXPECT_EQ(ToString(secret), "<redacted>");
  EXPECT_EQ(secret.Reveal(), "hunter2");
}

TEST(Secret, LoadsAFileWithoutItsLastNewline) {
  EXPECT_EQ(Secret::FromFile(SecretFile("hunter2\n").path())->Reveal(), "hunter2");
  EXPECT_EQ(Secret::FromFile(SecretFile("a\nb\n\n").path())->Reveal(), "a\nb\n");
}

TEST(Secret, ErrorsNameTheFileAndNeverTheContent) {
  const auto missing = Secret::FromFile("/nowhere/key");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  const SecretFile large(std::string(Secret::kMaxBytes + 1, 's'));
  const auto refused = Secret::FromFile(large.path());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, large.path() + ": longer than a secret may be");
  EXPECT_FALSE(Secret::FromFile(SecretFile("\n").path()));
}

TEST(Secret, LeavesNothingBehindWhenMoved) {
  Secret from("hunter2");
  const Secret to = std::move(from);
  EXPECT_EQ(to.Reveal(), "hunter2");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the promise
}

}  // namespace
}  // namespace ecsward
