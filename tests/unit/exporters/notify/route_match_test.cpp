#include "exporters/notify/route_match.h"

#include <gtest/gtest.h>

#include "exporters/notify/matchers.h"
#include "tests/unit/exporters/notify/dispatch_world.h"

namespace ecsward::notify {
namespace {

Route To(std::string receiver, std::vector<LabelMatcher> matchers = {},
         std::vector<Route> routes = {}) {
  Route route;
  route.receiver = std::move(receiver);
  route.matchers = std::move(matchers);
  route.routes = std::move(routes);
  return route;
}

Texts Receivers(const Route& root, const LabelPairs& labels) {
  Texts out;
  for (const RoutedTo& to : RoutesOf(root, labels)) out.push_back(to.route->receiver);
  return out;
}

TEST(RoutesOf, ARouteThatNoChildMatchesIsMeant) {
  const Route root = To("root", {}, {To("web", {Equal("team", "web")})});
  EXPECT_EQ(Receivers(root, {{"team", "db"}}), Texts({"root"}));
  EXPECT_EQ(Receivers(root, {{"team", "web"}}), Texts({"web"}));
}

TEST(RoutesOf, TheFirstSiblingThatMatchesIsTheLast) {
  const Route root = To("root", {}, {To("one", {Equal("a", "1")}), To("two", {Equal("a", "1")})});
  EXPECT_EQ(Receivers(root, {{"a", "1"}}), Texts({"one"}));
}

TEST(RoutesOf, ContinueGoesOnAmongSiblingsOnly) {
  Route one = To("one", {Equal("a", "1")});
  one.go_on = true;
  const Route inner = To("inner", {Equal("a", "1")}, {one, To("two", {Equal("b", "1")})});
  const Route root = To("root", {}, {inner, To("later", {Equal("a", "1")})});
  EXPECT_EQ(Receivers(root, {{"a", "1"}, {"b", "1"}}), Texts({"one", "two"}));
  // The one that went on was the only one: its parent and the parent's siblings are not meant.
  EXPECT_EQ(Receivers(root, {{"a", "1"}}), Texts({"one"}));
}

TEST(RoutesOf, AChildIsNotReachedThroughAParentThatDoesNotMatch) {
  const Route root =
      To("root", {}, {To("web", {Equal("team", "web")}, {To("night", {Equal("time", "night")})})});
  EXPECT_EQ(Receivers(root, {{"time", "night"}}), Texts({"root"}));
}

TEST(RoutesOf, ARootThatDoesNotMatchReachesNobody) {
  EXPECT_EQ(Receivers(To("root", {Equal("a", "1")}), {{"a", "2"}}), Texts());
}

TEST(RoutesOf, GroupsByTheLabelsThatAreThere) {
  Route root = To("root");
  root.group_by = {"alertname", "zone"};
  const LabelPairs labels = {{"alertname", "X"}, {"instance", "a"}};
  EXPECT_EQ(RoutesOf(root, labels)[0].group_labels, (LabelPairs{{"alertname", "X"}}));
  root.group_by_all = true;
  EXPECT_EQ(RoutesOf(root, labels)[0].group_labels, labels);
}

TEST(GroupKey, TellsTheWayThroughTheTree) {
  Route leaf = To("leaf", {Regexp("severity", "a|b"), Equal("job", "x\"\\\n")});
  leaf.group_by = {"alertname"};
  const Route root = To("root", {}, {To("web", {Equal("team", "web")}, {leaf})});
  const auto to = RoutesOf(
      root,
      {{"alertname", "磁盘\t\"满\""}, {"job", "x\"\\\n"}, {"severity", "a"}, {"team", "web"}});
  ASSERT_EQ(to.size(), 1u);
  EXPECT_EQ(GroupKey(to[0]),
            R"({}/{team="web"}/{job="x\"\\\n",severity=~"a|b"}:{alertname="磁盘\t\"满\""})");
}

TEST(GroupKey, AGroupOfAllHasNoLabels) {
  const Route root = To("root");
  EXPECT_EQ(GroupKey(RoutesOf(root, {{"a", "1"}})[0]), "{}:{}");
}

// source: prometheus/common model.LabelSet.String sorts what it has already written.
TEST(GroupLabelsText, SortsTheTextsNotTheNames) {
  EXPECT_EQ(GroupLabelsText({{"a", "2"}, {"a1", "1"}, {"ab", "3"}}), R"({a1="1", a="2", ab="3"})");
}

TEST(MatchersToText, SortsByNameThenValueThenKind) {
  const auto matcher = [](MatchType type, std::string name, std::string value) {
    return *LabelMatcher::Make(type, std::move(name), std::move(value));
  };
  EXPECT_EQ(ToText({matcher(MatchType::kNotRegexp, "b", "x"), matcher(MatchType::kEqual, "c", "y"),
                    matcher(MatchType::kEqual, "b", "z"), matcher(MatchType::kNotEqual, "b", "x")}),
            R"({b!="x",b!~"x",b="z",c="y"})");
  EXPECT_EQ(ToText({}), "{}");
}

}  // namespace
}  // namespace ecsward::notify
