#include "base/net.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

TEST(Base64, FillsTheLastGroup) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
  EXPECT_EQ(Base64("\xFB\xFF\xFE"), "+//+");
}

TEST(HexLower, TakesEveryByte) {
  const std::string bytes = {'\x00', '\x7F', '\x80', '\xFF'};
  EXPECT_EQ(HexLower(bytes), "007f80ff");
}

TEST(PercentEncode, LeavesOnlyUnreservedBytes) {
  EXPECT_EQ(PercentEncode("aZ09-_.~"), "aZ09-_.~");
  EXPECT_EQ(PercentEncode("a b*!'()/+&="), "a%20b%2A%21%27%28%29%2F%2B%26%3D");
  EXPECT_EQ(PercentEncode("磁"), "%E7%A3%81");
}

TEST(HttpResponse, FindsAHeaderOrNothing) {
  HttpResponse response;
  response.headers = {{"date", "now"}, {"retry-after", "7"}};
  EXPECT_EQ(response.Header("retry-after"), "7");
  EXPECT_EQ(response.Header("etag"), "");
}

}  // namespace
}  // namespace ecsward
