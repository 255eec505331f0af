#include "exporters/notify/channels/one_line.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

TEST(OneLine, MakesOneSpaceOfWhatBreaksALine) {
  EXPECT_EQ(OneLine("disk\r\nBcc: x@example.com"), "disk Bcc: x@example.com");
  EXPECT_EQ(OneLine("  a \t\v\f b\n"), "a b");
  EXPECT_EQ(OneLine("a\u2028b\u2029c\u0085d"), "a b c d");
  EXPECT_EQ(OneLine(std::string_view("a\0b\x7F"
                                     "c",
                                     5)),
            "a b c");
  EXPECT_EQ(OneLine("\n \r"), "");
}

TEST(OneLine, LeavesOtherTextAlone) {
  EXPECT_EQ(OneLine("磁盘 95 % 已满 😀 — “ok”"), "磁盘 95 % 已满 😀 — “ok”");
}

TEST(OneLine, TakesOutWhatTurnsTheWritingDirection) {
  EXPECT_EQ(OneLine("a\u202Egnp.exe\u2066b\u200F"), "a gnp.exe b");
}

TEST(OneLine, ReplacesBytesThatAreNoUtf8) { EXPECT_EQ(OneLine("a\xFF\xE7\xA3 b"), "a��� b"); }

TEST(OneLineWithoutLinks, TakesLinksOut) {
  EXPECT_EQ(OneLineWithoutLinks("see https://e.example/a?b=c now"), "see now");
  EXPECT_EQ(OneLineWithoutLinks("HTTP://x.example"), "");
  EXPECT_EQ(OneLineWithoutLinks("磁盘(http://x) 已满\nhttps://y"), "磁盘( 已满");
  EXPECT_EQ(OneLineWithoutLinks("https:/no link, http:"), "https:/no link, http:");
  EXPECT_EQ(OneLineWithoutLinks("http://a http://b c"), "c");
}

TEST(ShortLine, CutsByCharacter) {
  EXPECT_EQ(ShortLine("磁盘\n已满", 4), "磁盘 已…");
  EXPECT_EQ(ShortLine("磁盘已满", 4), "磁盘已满");
  EXPECT_EQ(ShortLine("", 4), "");
}

}  // namespace
}  // namespace ecsward::notify
