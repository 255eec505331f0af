#include "exporters/notify/channels/hidden_words.h"

#include <gtest/gtest.h>

#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

TEST(HiddenWords, HidesASecretWhereverItStands) {
  HiddenWords hidden;
  hidden.Hide("SEC12345");
  EXPECT_EQ(hidden.Clean("bad SEC12345, SEC12345!"), "bad <redacted>, <redacted>!");
}

TEST(HiddenWords, HidesASecretThatUnseenCharactersSplit) {
  HiddenWords hidden;
  hidden.Hide("SEC12345");
  EXPECT_EQ(hidden.Clean("bad SEC\x01"
                         "12345"),
            "bad <redacted>");
}

TEST(HiddenWords, HidesTheLongestFirst) {
  HiddenWords hidden;
  hidden.Hide("abcd");
  hidden.Hide("abcdefgh");
  hidden.Hide("abcdef");
  EXPECT_EQ(hidden.Clean("abcdefgh abcdef abcd"), "<redacted> <redacted> <redacted>");
}

TEST(HiddenWords, HidesWhatIsSecretInAUrl) {
  HiddenWords hidden;
  hidden.HideUrl(
      "https://user:pa%20ss@host.example/hooks/T0001/wordwordword/send?key=k%2Dey1&mode");
  for (const char* text :
       {"https://user:pa%20ss@host.example/hooks/T0001/wordwordword/send?key=k%2Dey1&mode",
        "user:pa%20ss", "pa ss", "/hooks/T0001/wordwordword/send", "T0001", "wordwordword",
        "k%2Dey1", "k-ey1"}) {
    EXPECT_EQ(hidden.Clean(text), "<redacted>") << text;
  }
  EXPECT_EQ(hidden.Clean("invalid hooks, could not send to host.example"),
            "invalid hooks, could not send to host.example");
}

TEST(HiddenWords, LeavesWordsAloneThatAreTooShortToBeSecret) {
  HiddenWords hidden;
  hidden.Hide("");
  hidden.Hide("abc");
  hidden.HideUrl("http://host/a");
  EXPECT_EQ(hidden.Clean("abc /a"), "abc /a");
}

TEST(HiddenWords, MakesOneShortLine) {
  EXPECT_EQ(HiddenWords().Clean(" a\r\n\tb\x1b[31m\x7f "), "a b[31m");
  const std::string line = HiddenWords().Clean(std::string(100'000, 'x'));
  EXPECT_EQ(CountCharacters(line), HiddenWords::kMostCharacters);
}

TEST(HiddenWords, HidesASecretThatTheEndOfATextCutsInTwo) {
  HiddenWords hidden;
  hidden.Hide("secret-secret");
  std::string text(4090, ' ');
  text += "secret-secret";
  EXPECT_EQ(hidden.Clean(text).find("secr"), std::string::npos);
}

}  // namespace
}  // namespace ecsward::notify
