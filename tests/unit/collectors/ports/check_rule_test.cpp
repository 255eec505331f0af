#include "collectors/ports/check_rule.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

using std::chrono::milliseconds;
using Kind = CheckRule::Kind;

TEST(ParseCheck, TakesTargetKindAndWords) {
  const auto rule = ParseCheck(
      "tcp:443  https host=www.example.com path=/health?x=1 status=204 body=^ok\\s timeout=2s "
      "max_latency=300ms");
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->kind, Kind::kHttps);
  EXPECT_EQ(rule->port, 443);
  EXPECT_EQ(rule->address, "");
  EXPECT_EQ(rule->host, "www.example.com");
  EXPECT_EQ(rule->path, "/health?x=1");
  EXPECT_EQ(rule->status, 204);
  EXPECT_EQ(rule->body, "^ok\\s");
  EXPECT_EQ(rule->timeout, milliseconds(2000));
  EXPECT_EQ(rule->max_latency, milliseconds(300));
  EXPECT_EQ(rule->text.find("  "), std::string::npos);  // one blank between words
  EXPECT_FALSE(rule->insecure);
}

TEST(ParseCheck, TakesAddressesOfBothVersions) {
  EXPECT_EQ(ParseCheck("tcp:10.0.0.5:80 http")->address, "10.0.0.5");
  EXPECT_EQ(ParseCheck("tcp:[::1]:80 connect")->address, "::1");
  EXPECT_EQ(ParseCheck("tcp:0.0.0.0:80 connect")->address, "");  // listens there, is asked here
  EXPECT_EQ(ParseCheck("tcp:[::]:80 connect")->address, "");
}

TEST(ParseCheck, SaysWhatItWants) {
  const std::pair<const char*, const char*> bad[] = {
      {"", "want tcp:PORT and a check"},
      {"443 http", "want tcp:PORT"},
      {"udp:53 connect", "want tcp:PORT"},
      {"tcp:0 connect", "want tcp:PORT"},
      {"tcp:65536 connect", "want tcp:PORT"},
      {"tcp:::1:80 connect", "want tcp:PORT"},
      {"tcp:[10.0.0.5]:80 connect", "want tcp:PORT"},
      {"tcp:www.example.com:80 connect", "want tcp:PORT"},
      {"tcp:80", "want one of connect, http, https, tls"},
      {"tcp:80 http https", "want one check for each item"},
      {"tcp:80 ftp", "want connect, http"},
      {"tcp:80 http path=x", "want path=/"},
      {"tcp:80 http status=99", "want status="},
      {"tcp:80 http status=x", "want status="},
      {"tcp:80 http body=(", "want body=REGEX"},
      {"tcp:80 http host=a/b", "want host="},
      {"tcp:80 http timeout=0s", "want timeout="},
      {"tcp:80 http timeout=61s", "want timeout="},
      {"tcp:80 http timeout=5m", "want timeout="},
      {"tcp:80 connect path=/x", "want no path= with connect"},
      {"tcp:80 tls status=200", "want no status= with tls"},
      {"tcp:80 connect host=x", "want no host= with connect"},
      {"tcp:80 http insecure", "want no insecure with http"},
      {"tcp:80 http path=/\x01", "want printable ASCII"},
  };
  for (const auto& [item, wanted] : bad) {
    const auto rule = ParseCheck(item);
    ASSERT_FALSE(rule) << item;
    EXPECT_NE(rule.error().message.find(wanted), std::string::npos) << rule.error().message;
    EXPECT_EQ(rule.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_FALSE(ParseCheck("tcp:80 http path=/" + std::string(2000, 'x')));
}

TEST(ParseCheckList, SplitsAtCommas) {
  const auto rules = ParseCheckList("tcp:22 connect, tcp:80 http");
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[1].text, "tcp:80 http");
  EXPECT_EQ(ToString(rules[1].kind), "http");
}

}  // namespace
}  // namespace ecsward
