#include "exporters/notify/channels/mime_message.h"

#include <gtest/gtest.h>

#include "base/net.h"

namespace ecsward::notify {
namespace {

MimeMessage Usual() {
  MimeMessage message;
  message.from = {"值班", "ops@example.com"};
  message.to = {{"", "a@example.com"}, {"Ops, night", "b@example.com"}};
  message.subject = "[告警] 磁盘将满 web-1";
  message.date_ms = 1'795'869'911'000;
  message.message_id = "0123abcd@example.com";
  message.text = "磁盘将满\nweb-1\n";
  message.html = "<p>磁盘将满</p>";
  return message;
}

// The lines, without their CRLF. What ends otherwise fails the test.
std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    if (end == std::string_view::npos) {
      ADD_FAILURE() << "the last line has no CRLF";
      break;
    }
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 2);
  }
  for (const std::string& line : lines) {
    EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos) << line;
    EXPECT_LE(line.size(), 76u) << line;
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
  }
  return lines;
}

// The headers' names, until the first empty line.
std::vector<std::string> HeaderNames(const std::string& wire) {
  std::vector<std::string> names;
  for (const std::string& line : Lines(wire)) {
    if (line.empty()) break;
    if (line.front() != ' ') names.push_back(line.substr(0, line.find(':')));
  }
  return names;
}

// Known answer: headers as Python's email package reads back and base64(1) writes.
TEST(ToWireText, IsTheWholeMessage) {
  MimeMessage message = Usual();
  message.thread_id = "group-77@example.com";
  message.headers = {{"Reply-To", "ops@example.com"}};
  EXPECT_EQ(ToWireText(message),
            "From: =?UTF-8?B?5YC854+t?= <ops@example.com>\r\n"
            "To: a@example.com, \"Ops, night\" <b@example.com>\r\n"
            "Subject: =?UTF-8?B?W+WRiuitpl0g56OB55uY5bCG5ruhIHdlYi0x?=\r\n"
            "Date: Sat, 28 Nov 2026 12:45:11 +0000\r\n"
            "Message-ID: <0123abcd@example.com>\r\n"
            "In-Reply-To: <group-77@example.com>\r\n"
            "References: <group-77@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "Reply-To: ops@example.com\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_ecsward\"\r\n"
            "\r\n"
            "--=_ecsward\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "56OB55uY5bCG5ruhDQp3ZWItMQ0K\r\n"
            "--=_ecsward\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "\r\n"
            "PHA+56OB55uY5bCG5ruhPC9wPg==\r\n"
            "--=_ecsward--\r\n");
}

TEST(ToWireText, NeedsNoPartsForOneText) {
  MimeMessage message = Usual();
  message.html.clear();
  EXPECT_NE(ToWireText(message).find("MIME-Version: 1.0\r\n"
                                     "Content-Type: text/plain; charset=utf-8\r\n"
                                     "Content-Transfer-Encoding: base64\r\n\r\n"
                                     "56OB55uY5bCG5ruhDQp3ZWItMQ0K\r\n"),
            std::string::npos);
  message = Usual();
  message.text.clear();
  EXPECT_NE(ToWireText(message).find("MIME-Version: 1.0\r\n"
                                     "Content-Type: text/html; charset=utf-8\r\n"),
            std::string::npos);
  EXPECT_EQ(ToWireText(message).find("multipart"), std::string::npos);
}

TEST(ToWireText, LetsNoTextBeginAHeader) {
  MimeMessage message = Usual();
  message.from.name = "x\r\nBcc: a@evil.example";
  message.to = {{"y\nCc: b@evil.example", "a@example.com"}};
  message.subject = "down\r\n\r\nBcc: c@evil.example\r\n.\r\nMAIL FROM:<x>";
  message.headers = {{"X-Team", "web\r\nBcc: d@evil.example"}};
  message.text = "\r\n.\r\nBcc: e@evil.example";
  message.html = "--=_ecsward\r\nContent-Type: text/evil";
  const std::string wire = ToWireText(message);
  EXPECT_EQ(HeaderNames(wire),
            (std::vector<std::string>{"From", "To", "Subject", "Date", "Message-ID",
                                      "Auto-Submitted", "X-Team", "MIME-Version", "Content-Type"}));
  EXPECT_EQ(wire.find("\r\n."), std::string::npos);
  EXPECT_EQ(wire.find("evil\r\n"), std::string::npos);
}

TEST(ToWireText, WritesLineBreaksOfAnyKindAsCrlf) {
  MimeMessage message = Usual();
  message.html.clear();
  message.text = "a\nb\r\nc\rd\n\ne\xFF";
  EXPECT_NE(
      ToWireText(message).find("\r\n\r\n" + Base64("a\r\nb\r\nc\r\nd\r\n\r\ne\uFFFD") + "\r\n"),
      std::string::npos);
}

TEST(ToWireText, BreaksLongPartsIntoLines) {
  MimeMessage message = Usual();
  message.text = std::string(1000, 'x');
  message.to.assign(40, {"运维值班工程师", "somebody-with-a-long-name@mail.example.com"});
  Lines(ToWireText(message));
}

TEST(HeaderLine, LeavesAsciiReadable) {
  EXPECT_EQ(HeaderLine("Subject", "disk 95 % full"), "Subject: disk 95 % full\r\n");
  EXPECT_EQ(HeaderLine("X", ""), "X:\r\n");
}

TEST(HeaderLine, FoldsAsciiAtSpaces) {
  EXPECT_EQ(HeaderLine("Subject",
                       "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff "
                       "ggggggg hhhhhhhhh"),
            "Subject: aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggg\r\n"
            " hhhhhhhhh\r\n");
}

TEST(HeaderLine, EncodesWhatCouldBeTakenForAnEncodedWord) {
  EXPECT_EQ(HeaderLine("Subject", "=?UTF-8?B?eA==?="),
            "Subject: =?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=\r\n");
}

TEST(HeaderLine, EncodesAWordThatNoLineHolds) {
  EXPECT_EQ(HeaderLine("S", std::string(75, 'x')), "S:\r\n " + std::string(75, 'x') + "\r\n");
  const std::string line = HeaderLine("S", std::string(76, 'x'));
  EXPECT_EQ(line.substr(0, 13), "S: =?UTF-8?B?");
  Lines(line);
}

// A word holds 45 bytes at most, so 15 characters of Chinese; in the first line, fewer.
TEST(HeaderLine, CutsEncodedWordsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "磁";
  EXPECT_EQ(HeaderLine("Subject", text),
            "Subject: =?UTF-8?B?56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB?=\r\n"
            " =?UTF-8?B?56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB?=\r\n"
            " =?UTF-8?B?56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB56OB?=\r\n");
}

TEST(HeaderLine, KeepsFourByteCharactersWhole) {
  std::string text = "x";
  for (int i = 0; i < 40; ++i) text += "😀";
  for (const std::string& line : Lines(HeaderLine("Subject", text))) {
    // Base64 of whole groups but for the last: none of 4-byte characters is cut.
    EXPECT_NE(line.find("?="), std::string::npos);
  }
}

TEST(CheckExtraHeader, KnowsWhoWritesWhat) {
  EXPECT_TRUE(CheckExtraHeader("Reply-To"));
  EXPECT_TRUE(CheckExtraHeader("Subject"));
  EXPECT_EQ(CheckExtraHeader("bcc").error().message, "the header Bcc is what `to` says");
  EXPECT_EQ(CheckExtraHeader("MESSAGE-ID").error().message,
            "the header Message-ID is written by ecsward");
  EXPECT_FALSE(CheckExtraHeader(""));
  EXPECT_FALSE(CheckExtraHeader("X-A: b\r\nBcc"));
  EXPECT_FALSE(CheckExtraHeader("X A"));
  EXPECT_FALSE(CheckExtraHeader("X-团队"));
  EXPECT_FALSE(CheckExtraHeader(std::string(61, 'x')));
}

TEST(ToIdText, IsSafeInAMessageId) {
  EXPECT_EQ(ToIdText("ab-C_9"), "ab-C_9");
  EXPECT_EQ(ToIdText("a>\r\n<b@c"), "a----b-c");
  EXPECT_EQ(ToIdText(""), "none");
  EXPECT_EQ(ToIdText(std::string(200, 'a')).size(), 100u);
}

TEST(MailDate, IsRfc5322) {
  EXPECT_EQ(MailDate(0), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(MailDate(1'709'211'599'999), "Thu, 29 Feb 2024 12:59:59 +0000");
}

}  // namespace
}  // namespace ecsward::notify
