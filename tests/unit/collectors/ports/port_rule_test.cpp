#include "collectors/ports/port_rule.h"

#include <gtest/gtest.h>

#include "collectors/options.h"

namespace ecsward {
namespace {

std::string ExpectError(std::string_view item) {
  const auto rule = ParseExpect(item);
  return rule ? "" : rule.error().message;
}

std::string AllowError(std::string_view item) {
  const auto rule = ParseAllow(item);
  return rule ? "" : rule.error().message;
}

ListenerFacts Listener(std::string_view proto, std::string_view address, std::uint16_t port) {
  return {proto, address, port, true, "nginx", "www-data", "nginx.service"};
}

TEST(ParseExpect, TakesProtocolAddressAndPort) {
  const auto plain = ParseExpect(" tcp:443 ");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->text, "tcp:443");
  EXPECT_EQ(plain->proto, "tcp");
  EXPECT_EQ(plain->address, "");
  EXPECT_EQ(plain->port, 443);
  EXPECT_EQ(ParseExpect("tcp:10.0.0.5:6379")->address, "10.0.0.5");
  EXPECT_EQ(ParseExpect("tcp:[0:0::1]:8080")->address, "::1");
  EXPECT_EQ(ParseExpect("tcp:[::ffff:10.0.0.1]:80")->address, "10.0.0.1");
  EXPECT_EQ(ParseExpect("udp:53")->proto, "udp");
}

TEST(ParseExpect, KeepsTheWordsOfChecks) {
  const auto rule = ParseExpect(
      "tcp:443 https host=a.example path=/h status=200 body=ok.* timeout=5s "
      "max_latency=500ms");
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->checks.size(), 7u);
  EXPECT_EQ(rule->checks[0], (CheckWord{"https", ""}));
  EXPECT_EQ(rule->checks[2], (CheckWord{"path", "/h"}));
}

TEST(ParseExpect, SaysWhatIsWanted) {
  EXPECT_EQ(ExpectError("http"), "want tcp:PORT or udp:PORT, got \"http\"");
  EXPECT_EQ(ExpectError(""), "want tcp:PORT or udp:PORT, got \"\"");
  EXPECT_EQ(ExpectError("sctp:1"), "want tcp:PORT or udp:PORT, got \"sctp:1\"");
  EXPECT_EQ(ExpectError("tcp:0"), "want a port from 1 to 65535, got \"tcp:0\"");
  EXPECT_EQ(ExpectError("tcp:65536"), "want a port from 1 to 65535, got \"tcp:65536\"");
  EXPECT_EQ(ExpectError("tcp:"), "want a port from 1 to 65535, got \"tcp:\"");
  EXPECT_EQ(ExpectError("tcp:::1:80"),
            "want an IPv6 address in brackets, as in \"tcp:[::1]:8080\", got \"tcp:::1:80\"");
  EXPECT_EQ(ExpectError("tcp:localhost:80"),
            "want an IP address before the port, got \"tcp:localhost:80\"");
}

TEST(ParseExpect, RefusesChecksThatCannotBe) {
  EXPECT_EQ(ExpectError("tcp:80 htp"), "unknown check \"htp\"; did you mean \"http\"?");
  EXPECT_EQ(ExpectError("tcp:80 status=9"), "want status=100 to 599, got \"9\"");
  EXPECT_EQ(ExpectError("tcp:80 path=x"), "want path=/…, got \"x\"");
  EXPECT_EQ(ExpectError("tcp:80 timeout=5"), "timeout: want a duration such as \"5s\", got \"5\"");
  EXPECT_NE(ExpectError("tcp:80 body=(").find("body: want a regular expression"),
            std::string::npos);
  EXPECT_EQ(ExpectError("tcp:80 http=1"), "want \"http\" alone, got \"1\"");
  EXPECT_EQ(ExpectError("tcp:80 host"), "\"host\" wants a value: host=…");
  EXPECT_EQ(ExpectError("tcp:80 http tls"),
            "want one of connect, http, https and tls, got \"tcp:80 http tls\"");
  EXPECT_EQ(ExpectError("tcp:80 host=a host=b"), "\"host\" is there twice");
  EXPECT_EQ(ExpectError("udp:53 connect"), "only tcp ports can be checked, got \"udp:53 connect\"");
}

TEST(ParseAllow, TakesRangesAndConditions) {
  const auto range = ParseAllow("tcp:8000-8999 unit=app@*.service");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first_port, 8000);
  EXPECT_EQ(range->last_port, 8999);
  EXPECT_EQ(range->unit, "app@*.service");
  const auto any = ParseAllow("udp:* user=chrony process=chronyd");
  ASSERT_TRUE(any);
  EXPECT_EQ(any->first_port, 1);
  EXPECT_EQ(any->last_port, 65535);
  EXPECT_EQ(any->user, "chrony");
  EXPECT_EQ(ParseAllow("tcp:0.0.0.0:3306")->address, "0.0.0.0");
  EXPECT_EQ(ParseAllow("tcp:*:80")->address, "*");
}

TEST(ParseAllow, SaysWhatIsWanted) {
  EXPECT_EQ(AllowError("22"), "want tcp:PORT, tcp:FIRST-LAST, udp:PORT or udp:*, got \"22\"");
  EXPECT_EQ(AllowError("tcp:9-8"), "want the lower port first, got \"tcp:9-8\"");
  EXPECT_EQ(AllowError("tcp:1-x"), "want a port from 1 to 65535, FIRST-LAST or *, got \"tcp:1-x\"");
  EXPECT_EQ(AllowError("tcp:22 proces=sshd"),
            "unknown condition \"proces\"; did you mean \"process\"?");
  EXPECT_EQ(AllowError("tcp:22 user="), "\"user\" wants a value: user=…");
  EXPECT_EQ(AllowError("tcp:22 user=a user=b"), "\"user\" is there twice");
}

TEST(MatchesExpect, AListenerOnAllAddressesServesEachOfThem) {
  EXPECT_TRUE(Matches(*ParseExpect("tcp:80"), Listener("tcp", "127.0.0.1", 80)));
  EXPECT_TRUE(Matches(*ParseExpect("tcp:10.0.0.5:80"), Listener("tcp", "0.0.0.0", 80)));
  EXPECT_TRUE(Matches(*ParseExpect("tcp:10.0.0.5:80"), Listener("tcp", "*", 80)));
  EXPECT_TRUE(Matches(*ParseExpect("tcp:[::1]:80"), Listener("tcp", "::", 80)));
  EXPECT_FALSE(Matches(*ParseExpect("tcp:10.0.0.5:80"), Listener("tcp", "::", 80)));
  EXPECT_FALSE(Matches(*ParseExpect("tcp:10.0.0.5:80"), Listener("tcp", "10.0.0.6", 80)));
  EXPECT_FALSE(Matches(*ParseExpect("tcp:80"), Listener("udp", "0.0.0.0", 80)));
}

TEST(MatchesAllow, AsksForTheVeryAddressAndAllConditions) {
  EXPECT_TRUE(Matches(*ParseAllow("tcp:80 process=nginx user=www*"), Listener("tcp", "*", 80)));
  EXPECT_FALSE(Matches(*ParseAllow("tcp:80 process=ngin"), Listener("tcp", "*", 80)));
  EXPECT_FALSE(Matches(*ParseAllow("tcp:10.0.0.5:80"), Listener("tcp", "0.0.0.0", 80)));
  EXPECT_FALSE(Matches(*ParseAllow("tcp:81-90"), Listener("tcp", "*", 80)));
}

TEST(MatchesAllow, DoesNotHoldAnUnknownOwnerAgainstAListener) {
  ListenerFacts unknown{"tcp", "*", 80, false, "", "www-data", ""};
  EXPECT_TRUE(Matches(*ParseAllow("tcp:80 process=nginx unit=nginx.service"), unknown));
  EXPECT_FALSE(Matches(*ParseAllow("tcp:80 user=root"), unknown));
}

TEST(MatchesPattern, KnowsStarAndQuestionMark) {
  EXPECT_TRUE(MatchesPattern("*", ""));
  EXPECT_TRUE(MatchesPattern("a*b*c", "axxbxbyc"));
  EXPECT_FALSE(MatchesPattern("a*b*c", "axxbxby"));
  EXPECT_TRUE(MatchesPattern("tmux:?server", "tmux: server"));
  EXPECT_FALSE(MatchesPattern("a", "ab"));
  EXPECT_FALSE(MatchesPattern("ab", "a"));
  EXPECT_FALSE(MatchesPattern(std::string(64, '*') + "x", std::string(4096, 'a')));
}

TEST(CheckOption, AsksTheTableAboutEachItemOfAList) {
  const OptionSpec spec{"allow", OptionKind::kList, "", "", CheckAllow};
  EXPECT_TRUE(CheckOption(spec, "tcp:22, tcp:80 user=root"));
  EXPECT_TRUE(CheckOption(spec, ""));
  EXPECT_FALSE(CheckOption(spec, "tcp:22, 80"));
  EXPECT_EQ(ParseAllowList("tcp:22, tcp:80 user=root").size(), 2u);
}

TEST(CollectorOptions, DurationsMayBeHoursAndDays) {
  const OptionSpec specs[] = {{"learn", OptionKind::kDuration, "168h", ""},
                              {"other", OptionKind::kDuration, "7d", ""}};
  const CollectorOptions options(specs);
  EXPECT_EQ(options.Duration("learn"), std::chrono::hours(168));
  EXPECT_EQ(options.Duration("other"), std::chrono::hours(168));
}

}  // namespace
}  // namespace ecsward
