#include "metrics/label_matcher.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

bool Matches(MatchType type, std::string pattern, std::string_view value) {
  const auto matcher = LabelMatcher::Make(type, "a", std::move(pattern));
  return matcher.value().Matches(value);
}

TEST(LabelMatcher, RegularExpressionsMatchTheWholeValue) {
  EXPECT_TRUE(Matches(MatchType::kRegexp, "lo|veth.*", "veth0"));
  EXPECT_FALSE(Matches(MatchType::kRegexp, "lo|veth.*", "loop"));
  EXPECT_TRUE(Matches(MatchType::kNotRegexp, "lo|veth.*", "eth0"));
  EXPECT_TRUE(Matches(MatchType::kRegexp, "a.b", "a\nb"));  // as in Prometheus, . is any byte
}

TEST(LabelMatcher, ALabelThatIsNotThereIsEmpty) {
  const auto matcher = LabelMatcher::Make(MatchType::kNotEqual, "b", "x");
  const LabelMatcher matchers[] = {matcher.value()};
  EXPECT_TRUE(MatchesAll(matchers, LabelPairs{{"a", "x"}}));
  EXPECT_FALSE(MatchesAll(matchers, LabelPairs{{"b", "x"}}));
}

TEST(LabelMatcher, SaysWhatIsWrongWithAnExpression) {
  const auto matcher = LabelMatcher::Make(MatchType::kRegexp, "a", "(");
  ASSERT_FALSE(matcher);
  EXPECT_NE(matcher.error().message.find("missing )"), std::string::npos)
      << matcher.error().message;
}

TEST(LabelMatcher, RefusesAnExpressionThatWouldEatTheHost) {
  EXPECT_FALSE(LabelMatcher::Make(MatchType::kRegexp, "a", "((((a{100}){100}){100}){100})"));
}

TEST(LabelMatcher, PrintsAsItIsWritten) {
  EXPECT_EQ(LabelMatcher::Make(MatchType::kRegexp, "a", "x\"|y")->ToString(), R"(a=~"x\"|y")");
}

}  // namespace
}  // namespace ecsward
