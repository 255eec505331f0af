#include "collectors/process/stat_line.h"

#include <gtest/gtest.h>

#include <string>

namespace ecsward {
namespace {

constexpr std::string_view kNginx =
    "4242 (nginx) S 1 4242 4242 0 -1 4194624 100 0 7 0 1200 340 5 6 20 0 9 0 8123 55000000 1500 "
    "18446744073709551615 1 1 0 0 0 0 0 4096 81925 0 0 0 17 1 0 0 0 0 0\n";

TEST(ParseStatLine, FindsEveryFieldThatIsUsed) {
  StatLine line;
  ASSERT_TRUE(ParseStatLine(kNginx, line));
  EXPECT_EQ(line.comm, "nginx");
  EXPECT_EQ(line.state, 'S');
  EXPECT_EQ(line.parent, 1);
  EXPECT_FALSE(line.kernel_thread);
  EXPECT_EQ(line.user_ticks, 1200u);
  EXPECT_EQ(line.system_ticks, 340u);
  EXPECT_EQ(line.threads, 9u);
  EXPECT_EQ(line.start_ticks, 8123u);
  EXPECT_EQ(line.rss_pages, 1500u);
}

TEST(ParseStatLine, TakesAnyName) {
  StatLine line;
  ASSERT_TRUE(
      ParseStatLine("7 (a) R 5 (\n) D 2 0 0 0 -1 2129984 0 0 0 0 1 2 0 0 20 0 1 0 9 0 0\n", line));
  EXPECT_EQ(line.comm, "a) R 5 (\n");
  EXPECT_EQ(line.state, 'D');
  EXPECT_EQ(line.parent, 2);
  EXPECT_TRUE(line.kernel_thread);
}

TEST(ParseStatLine, RefusesWhatIsCutOffOrNoNumber) {
  StatLine line;
  for (std::size_t length = 0; length < kNginx.find(" 1500 ") + 1; ++length) {
    EXPECT_FALSE(ParseStatLine(kNginx.substr(0, length), line)) << length;
  }
  std::string text(kNginx);
  text.replace(text.find("1200"), 4, "12x0");
  EXPECT_FALSE(ParseStatLine(text, line));
  EXPECT_FALSE(ParseStatLine(") x (", line));
  // Found by fuzzing: what is no field of its own must not pass for two.
  text = kNginx;
  text.replace(text.find(" S 1 "), 5, " S1 1 ");
  EXPECT_FALSE(ParseStatLine(text, line));
  text = kNginx;
  text.replace(text.find("4194624"), 7, "4194624a 0");
  EXPECT_FALSE(ParseStatLine(text, line));
}

}  // namespace
}  // namespace ecsward
