#include "base/log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ecsward {
namespace {

struct Lines {
  std::vector<std::string> all;
  Logger log{LogLevel::kInfo, [this](LogLevel, std::string_view line) { all.emplace_back(line); }};
};

std::string Field(std::string_view value) {
  std::string line;
  AppendLogField({"k", value}, line);
  return line;
}

TEST(Logger, WritesOneEventInLogfmt) {
  Lines lines;
  lines.log.Log(LogLevel::kWarn, {{"collector", "diskstats"}}, "fails",
                {{"error", "/proc/diskstats: permission denied"}});
  lines.log.Info("listening", {{"address", "127.0.0.1:43211"}});
  ASSERT_EQ(lines.all.size(), 2u);
  EXPECT_EQ(lines.all[0],
            "level=warn collector=diskstats msg=\"fails\" "
            "error=\"/proc/diskstats: permission denied\"");
  EXPECT_EQ(lines.all[1], "level=info msg=\"listening\" address=127.0.0.1:43211");
}

TEST(Logger, KeepsQuietBelowItsLevel) {
  Lines lines;
  lines.log.Debug("detail");
  EXPECT_TRUE(lines.all.empty());
  lines.log.SetLevel(LogLevel::kDebug);
  lines.log.Debug("detail");
  EXPECT_EQ(lines.all.size(), 1u);
}

TEST(AppendLogField, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(Field("plain/word-1.5"), " k=plain/word-1.5");
  EXPECT_EQ(Field(""), " k=\"\"");
  EXPECT_EQ(Field("two words"), " k=\"two words\"");
  EXPECT_EQ(Field("a=b"), " k=\"a=b\"");
  EXPECT_EQ(Field("磁盘"), " k=\"磁盘\"");
}

TEST(AppendLogField, LetsNoValueForgeALine) {
  EXPECT_EQ(Field("a\nlevel=error msg=\"x\""), " k=\"a\\nlevel=error msg=\\\"x\\\"\"");
  EXPECT_EQ(Field("\x1b[31m\r\t"), " k=\"\\x1b[31m\\x0d\\t\"");
  EXPECT_EQ(Field("\xff\xc3"), " k=\"\\xff\\xc3\"");
  EXPECT_EQ(Field("\xe2\x80\xae"), " k=\"\\xe2\\x80\\xae\"");  // right-to-left override
  EXPECT_EQ(Field("\xc2\x9b"), " k=\"\\xc2\\x9b\"");           // a C1 control
}

TEST(ParseLogLevel, KnowsFourWords) {
  EXPECT_EQ(ParseLogLevel("warning"), LogLevel::kWarn);
  EXPECT_EQ(ParseLogLevel("error"), LogLevel::kError);
  EXPECT_FALSE(ParseLogLevel("WARN"));
  EXPECT_FALSE(ParseLogLevel(""));
}

TEST(IsJournal, ComparesDeviceAndInode) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  struct stat s = {};
  ASSERT_EQ(::fstat(ends[1], &s), 0);
  const std::string same = std::to_string(s.st_dev) + ":" + std::to_string(s.st_ino);
  EXPECT_TRUE(IsJournal(same.c_str(), ends[1]));
  EXPECT_FALSE(IsJournal("1:2", ends[1]));
  EXPECT_FALSE(IsJournal("garbage", ends[1]));
  EXPECT_FALSE(IsJournal(nullptr, ends[1]));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(OncePerKey, LetsEachKeyThroughOnceInAWhile) {
  OncePerKey once(std::chrono::seconds(60));
  FakeClock clock;
  EXPECT_TRUE(once.Pass("sda", clock.Mono()));
  EXPECT_FALSE(once.Pass("sda", clock.Mono()));
  EXPECT_TRUE(once.Pass("sdb", clock.Mono()));
  clock.Advance(std::chrono::seconds(60));
  EXPECT_TRUE(once.Pass("sda", clock.Mono()));
}

}  // namespace
}  // namespace ecsward
