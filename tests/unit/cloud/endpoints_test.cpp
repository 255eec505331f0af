#include "cloud/endpoints.h"

#include <gtest/gtest.h>

namespace ecsward::cloud {
namespace {

TEST(Endpoint, FollowsTheOfficialTables) {
  EXPECT_EQ(Endpoint(Product::kSms, "cn-hangzhou"), "dysmsapi.aliyuncs.com");
  EXPECT_EQ(Endpoint(Product::kSms, "cn-beijing"), "dysmsapi-proxy.cn-beijing.aliyuncs.com");
  EXPECT_EQ(Endpoint(Product::kSms, "cn-hongkong"), "dysmsapi-xman.cn-hongkong.aliyuncs.com");
  EXPECT_EQ(Endpoint(Product::kSms, "us-east-1"), "dysmsapi.us-east-1.aliyuncs.com");
  EXPECT_EQ(Endpoint(Product::kVoice, "cn-beijing"), "dyvmsapi.aliyuncs.com");
  EXPECT_EQ(Endpoint(Product::kMail, "cn-shanghai"), "dm.aliyuncs.com");
  EXPECT_EQ(Endpoint(Product::kMail, "eu-central-1"), "dm.eu-central-1.aliyuncs.com");
  EXPECT_EQ(Endpoint(Product::kMail, ""), "dm.aliyuncs.com");
}

TEST(ParseEndpoint, SaysWhatTheHostHeaderWillBe) {
  const auto both = [](std::string_view text) {
    const auto endpoint = ParseEndpoint(text);
    return endpoint ? endpoint->url + " " + endpoint->host : std::string("refused");
  };
  EXPECT_EQ(both("dm.aliyuncs.com"), "https://dm.aliyuncs.com/ dm.aliyuncs.com");
  EXPECT_EQ(both("https://DM.aliyuncs.com:443/"), "https://dm.aliyuncs.com/ dm.aliyuncs.com");
  EXPECT_EQ(both("dm.aliyuncs.com:8443"), "https://dm.aliyuncs.com:8443/ dm.aliyuncs.com:8443");
  EXPECT_EQ(both("http://127.0.0.1:8080"), "http://127.0.0.1:8080/ 127.0.0.1:8080");
  EXPECT_EQ(both("http://localhost:80"), "http://localhost/ localhost");
  EXPECT_EQ(both("http://[::1]:8080/"), "http://[::1]:8080/ [::1]:8080");
  EXPECT_EQ(both("http://[::1]"), "http://[::1]/ [::1]");
}

TEST(ParseEndpoint, RefusesWhatIsNoHostAndUnprotectedOnes) {
  for (const char* text :
       {"", "https://", "dm.aliyuncs.com/path", "user@dm.aliyuncs.com", "dm.aliyuncs.com?x=1",
        "a b", "host:", "host:x", "host:123456", "ftp://host", "磁盘.example.com",
        "http://dm.aliyuncs.com", "http://127.evil.example.com", "http://10.0.0.1:80",
        "http://localhost.example.com"}) {
    EXPECT_FALSE(ParseEndpoint(text)) << text;
  }
}

}  // namespace
}  // namespace ecsward::cloud
