// Cases are what `amtool check-config` of Alertmanager 0.25 takes and refuses.
#include "exporters/notify/matchers.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

// `a="b" c=~"d"`, or `error: …`.
std::string Parsed(std::string_view text) {
  const auto matchers = ParseMatchers(text);
  if (!matchers) return "error: " + matchers.error().message;
  std::string all;
  for (const LabelMatcher& matcher : *matchers) {
    all.append(all.empty() ? "" : " ").append(matcher.name());
    all.append(ToString(matcher.type())).append("[" + matcher.value() + "]");
  }
  return all;
}

bool Refused(std::string_view text) { return !ParseMatchers(text); }

TEST(ParseMatchers, TakesEachOperator) {
  EXPECT_EQ(Parsed(R"(a="b")"), "a=[b]");
  EXPECT_EQ(Parsed(R"(a!="b")"), "a!=[b]");
  EXPECT_EQ(Parsed(R"(a=~"b|c")"), "a=~[b|c]");
  EXPECT_EQ(Parsed(R"(a!~"b.*")"), "a!~[b.*]");
}

TEST(ParseMatchers, TakesSeveralWithOrWithoutBraces) {
  EXPECT_EQ(Parsed(R"({a="b",c!="d"})"), "a=[b] c!=[d]");
  EXPECT_EQ(Parsed(R"( a = "b" , c != d )"), "a=[b] c!=[d]");
  EXPECT_EQ(Parsed("{a=b"), "a=[b]");
  EXPECT_EQ(Parsed("a=b}"), "a=[b]");
  EXPECT_EQ(Parsed("a=b,"), "a=[b]");
  EXPECT_EQ(Parsed("a=b, "), "a=[b]");
}

TEST(ParseMatchers, FindsNoneInNothing) {
  for (const char* text : {"", "{}", "{", "}", " "}) EXPECT_EQ(Parsed(text), "") << text;
}

TEST(ParseMatchers, TakesValuesWithoutQuotes) {
  EXPECT_EQ(Parsed("a=b c"), "a=[b c]");
  EXPECT_EQ(Parsed("a==b"), "a=[=b]");
  EXPECT_EQ(Parsed("a=!b"), "a=[!b]");
  EXPECT_EQ(Parsed("a=b=c"), "a=[b=c]");
  EXPECT_EQ(Parsed("a='x'"), "a=['x']");
  EXPECT_EQ(Parsed("a=磁盘"), "a=[磁盘]");
  EXPECT_EQ(Parsed("a="), "a=[]");
  EXPECT_EQ(Parsed("a=~"), "a=~[]");
}

TEST(ParseMatchers, KnowsWhatABackslashMeans) {
  EXPECT_EQ(Parsed(R"(a="x\ny")"), "a=[x\ny]");
  EXPECT_EQ(Parsed(R"(a="x\"y")"), "a=[x\"y]");
  EXPECT_EQ(Parsed(R"(a="x\\y")"), R"(a=[x\y])");
  EXPECT_EQ(Parsed(R"(a="\q")"), R"(a=[\q])");
  EXPECT_EQ(Parsed(R"(a=b\)"), R"(a=[b\])");
  EXPECT_EQ(Parsed(R"(a="b\\")"), R"(a=[b\])");
}

TEST(ParseMatchers, LeavesCommasInsideOfQuotesAlone) {
  EXPECT_EQ(Parsed(R"(a="b,c",d=e)"), "a=[b,c] d=[e]");
  EXPECT_EQ(Parsed(R"(a="b\",c",d=e)"), "a=[b\",c] d=[e]");
}

TEST(ParseMatchers, TakesColonsInNames) {
  EXPECT_EQ(Parsed("a:b_1=c"), "a:b_1=[c]");
  EXPECT_EQ(Parsed("_a=c"), "_a=[c]");
}

TEST(ParseMatchers, RefusesWhatIsNoMatcher) {
  for (const char* text : {"a", "=b", "1a=b", "a-b=c", "a!b", "中=b", "{{a=b}}", " {a=b}", "5",
                           ",a=b", "a=b,,c=d", ",", ", "}) {
    EXPECT_TRUE(Refused(text)) << text;
  }
}

TEST(ParseMatchers, RefusesQuotesThatDoNotMatch) {
  for (const char* text : {R"(a=")", R"(a=b")", R"(a="b"c")", R"(a="b\")", R"(a="""")"}) {
    EXPECT_TRUE(Refused(text)) << text;
  }
}

TEST(ParseMatchers, RefusesExpressionsThatAreNone) {
  EXPECT_TRUE(Refused("a=~\"b(\""));
  EXPECT_TRUE(Refused("a!~\"[\""));
  EXPECT_TRUE(Refused("a=~\"(?!x)\""));
  EXPECT_FALSE(Refused("a=\"b(\""));
}

TEST(ParseMatchers, RefusesWhatIsNotUtf8) { EXPECT_TRUE(Refused("a=\"\xFF\"")); }

TEST(ParseMatchers, SaysWhichOfSeveralIsWrong) {
  EXPECT_EQ(Parsed("a=b,c"),
            "error: matcher 2 of 2: want a label's name, one of = != =~ !~, and a value such as "
            "severity=\"critical\"");
  EXPECT_EQ(Parsed("a=\"b"), "error: a quote is not closed");
}

}  // namespace
}  // namespace ecsward::notify
