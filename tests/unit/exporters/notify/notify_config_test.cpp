// Routes, inhibition, time intervals and what names what. Receivers' channels are in
// notify_config_channels_test.cpp.
#include "exporters/notify/notify_config.h"

#include <gtest/gtest.h>

#include "exporters/notify/matchers.h"
#include "tests/unit/exporters/notify/config_world.h"

namespace ecsward::notify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kReceivers = "receivers: [{name: a}, {name: b}]\n";

std::string Problems(const std::string& yaml) { return ConfigWorld().Problems(yaml); }

// Of a file with the receivers a and b in its first line.
std::string RouteProblems(const std::string& route) {
  return Problems(kReceivers + ("route: " + route + "\n"));
}

// The first route below the root.
Route FirstOf(const std::string& root) {
  const auto parsed = ConfigWorld().Parse(kReceivers + ("route: " + root + "\n"));
  EXPECT_TRUE(parsed.problems.empty()) << Problems(kReceivers + ("route: " + root + "\n"));
  return parsed.config.route->routes.at(0);
}

std::string Text(const std::vector<LabelMatcher>& matchers) {
  std::string all;
  for (const LabelMatcher& matcher : matchers) {
    all.append(all.empty() ? "" : " ").append(matcher.ToString());
  }
  return all;
}

TEST(ParseNotify, FindsNothingToDoInNothing) {
  for (const char* text : {"", "{}", "evaluation_interval: 5s", "route:\nreceivers:\n"}) {
    const auto parsed = ConfigWorld().Parse(text);
    EXPECT_TRUE(parsed.problems.empty()) << text;
    EXPECT_FALSE(parsed.config.route) << text;
  }
  EXPECT_TRUE(ParseNotify(YAML::Node(), nullptr).problems.empty());
}

TEST(ParseNotify, LeavesOthersKeysAlone) {
  EXPECT_EQ(Problems("rule_files: {not: [ours]}\nwhatever: 1\n"), "");
  EXPECT_TRUE(IsNotifyKey("route"));
  EXPECT_TRUE(IsNotifyKey("mute_time_intervals"));
  EXPECT_FALSE(IsNotifyKey("language"));
}

TEST(NotifyRoute, HasAlertmanagersDefaults) {
  const auto parsed = ConfigWorld().Parse("receivers: [{name: a}]\nroute: {receiver: a}\n");
  ASSERT_TRUE(parsed.config.route);
  const Route& root = *parsed.config.route;
  EXPECT_EQ(root.receiver, "a");
  EXPECT_TRUE(root.group_by.empty());
  EXPECT_FALSE(root.group_by_all);
  EXPECT_EQ(root.group_wait, seconds(30));
  EXPECT_EQ(root.group_interval, minutes(5));
  EXPECT_EQ(root.repeat_interval, hours(4));
  EXPECT_FALSE(root.go_on);
}

TEST(NotifyRoute, ChildrenHaveWhatTheyDoNotSayFromTheirParent) {
  const auto parsed = ConfigWorld().Parse(
      "receivers: [{name: a}, {name: b}]\n"
      "route:\n"
      "  routes:\n"
      "    - matchers: ['x=\"1\"']\n"
      "      receiver: b\n"
      "      continue: true\n"
      "      routes: [{group_wait: 1h30m}]\n"
      "    - group_by: [z]\n"
      "      group_interval: 1m\n"
      "      repeat_interval: 1d\n"
      "  receiver: a\n"
      "  group_by: [d, c]\n"
      "  group_wait: 0s\n");
  ASSERT_TRUE(parsed.problems.empty());
  const Route& root = *parsed.config.route;
  ASSERT_EQ(root.routes.size(), 2u);
  const Route& b = root.routes[0];
  EXPECT_EQ(b.receiver, "b");
  EXPECT_TRUE(b.go_on);
  EXPECT_EQ(b.group_by, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(b.group_wait, seconds(0));
  ASSERT_EQ(b.routes.size(), 1u);
  EXPECT_EQ(b.routes[0].receiver, "b");
  EXPECT_FALSE(b.routes[0].go_on);  // is not handed down, nor are matchers
  EXPECT_TRUE(b.routes[0].matchers.empty());
  EXPECT_EQ(b.routes[0].group_wait, minutes(90));
  const Route& z = root.routes[1];
  EXPECT_EQ(z.receiver, "a");
  EXPECT_EQ(z.group_by, std::vector<std::string>{"z"});
  EXPECT_EQ(z.group_interval, minutes(1));
  EXPECT_EQ(z.repeat_interval, hours(24));
}

TEST(NotifyRoute, TakesThreeDotsForAllLabels) {
  const Route all = FirstOf("{receiver: a, group_by: [x], routes: [{group_by: ['...']}]}");
  EXPECT_TRUE(all.group_by_all);
  EXPECT_TRUE(all.group_by.empty());
  // An empty list says nothing.
  EXPECT_TRUE(FirstOf("{receiver: a, group_by: ['...'], routes: [{group_by: []}]}").group_by_all);
  const Route one = FirstOf("{receiver: a, group_by: ['...'], routes: [{group_by: [x]}]}");
  EXPECT_FALSE(one.group_by_all);
  EXPECT_EQ(one.group_by, std::vector<std::string>{"x"});
}

TEST(NotifyRoute, TakesEveryWayToWriteMatchers) {
  const Route route = FirstOf(
      "{receiver: a, routes: [{matchers: ['b!=\"c\",a=~\"x|y\"', z=1], match: {m: n, l: 5}, "
      "match_re: {r: 's|t'}}]}");
  // As Alertmanager shows them in a group's key.
  EXPECT_EQ(Text(route.matchers), R"(a=~"x|y" b!="c" l="5" m="n" r=~"^(?:s|t)$" z="1")");
  EXPECT_TRUE(route.matchers[4].Matches("t"));
  EXPECT_FALSE(route.matchers[4].Matches("st"));
  EXPECT_EQ(Text(FirstOf("{receiver: a, routes: [{matchers: 'a=b,c=d'}]}").matchers),
            R"(a="b" c="d")");
}

TEST(NotifyRoute, SortsMatchersByNameThenValue) {
  EXPECT_EQ(Text(FirstOf("{receiver: a, routes: [{matchers: [b=2, b!=1, b=1, a=9]}]}").matchers),
            R"(a="9" b="1" b!="1" b="2")");
}

TEST(NotifyRoute, RefusesARootThatDoesNotTakeAll) {
  EXPECT_EQ(RouteProblems("{receiver: a, matchers: [x=y], match: {x: y}, match_re: {x: y}}"),
            "2:32: alerting.route.matchers: the root route takes all alerts: no matchers\n"
            "2:46: alerting.route.match: the root route takes all alerts: no matchers\n"
            "2:64: alerting.route.match_re: the root route takes all alerts: no matchers\n");
  EXPECT_EQ(RouteProblems("{receiver: a, mute_time_intervals: [x], active_time_intervals: [y]}"),
            "2:43: alerting.route.mute_time_intervals: the root route takes all alerts: no time "
            "intervals\n"
            "2:71: alerting.route.active_time_intervals: the root route takes all alerts: no time "
            "intervals\n");
  EXPECT_EQ(RouteProblems("{receiver: a, continue: true}"),
            "2:32: alerting.route.continue: behind the root route there is nothing\n");
  EXPECT_EQ(RouteProblems("{receiver: a, continue: false, matchers: [], match: {}}"), "");
}

TEST(NotifyRoute, WantsAReceiverAtItsRoot) {
  constexpr const char* kWant = "2:8: alerting.route: the root route must name a receiver\n";
  EXPECT_EQ(RouteProblems("{}"), kWant);
  EXPECT_EQ(RouteProblems("{receiver: ''}"), kWant);
  EXPECT_EQ(RouteProblems("{receiver: [a]}"),
            "2:19: alerting.route.receiver: want a text, got a list\n");
  EXPECT_EQ(RouteProblems("a"),
            "2:8: alerting.route: want keys and values, got one value\n" + std::string(kWant));
}

TEST(NotifyRoute, RefusesZeroIntervals) {
  EXPECT_EQ(RouteProblems("{receiver: a, group_wait: 0s, group_interval: 0, repeat_interval: 0s}"),
            "2:54: alerting.route.group_interval: want a duration above zero\n"
            "2:74: alerting.route.repeat_interval: want a duration above zero\n");
}

TEST(NotifyRoute, RefusesWhatIsNoDuration) {
  for (const char* text : {"30", "1.5h", "1m1h", "''", "-1s", "[1s]", "5 m"}) {
    EXPECT_NE(RouteProblems(fmt::format("{{receiver: a, group_wait: {}}}", text)), "") << text;
  }
  EXPECT_EQ(RouteProblems("{receiver: a, group_wait: 30}"),
            "2:34: alerting.route.group_wait: want a duration such as \"5m\", got \"30\"\n");
}

TEST(NotifyRoute, RefusesLabelsThatAreNone) {
  EXPECT_EQ(RouteProblems("{receiver: a, group_by: [x, 1a, x, '']}"),
            "2:36: alerting.route.group_by[1]: \"1a\" is not a label name\n"
            "2:40: alerting.route.group_by[2]: \"x\" stands here twice\n"
            "2:43: alerting.route.group_by[3]: \"\" is not a label name\n");
  EXPECT_EQ(RouteProblems("{receiver: a, group_by: ['...', x]}"),
            "2:33: alerting.route.group_by[0]: ... stands for all labels, so for itself\n");
  EXPECT_EQ(RouteProblems("{receiver: a, group_by: x}"),
            "2:32: alerting.route.group_by: want a list, got one value\n");
  EXPECT_EQ(RouteProblems("{receiver: a, routes: [{match: {a-b: c}, match_re: {1: c}}]}"),
            "2:40: alerting.route.routes[0].match: \"a-b\" is not a label name\n"
            "2:60: alerting.route.routes[0].match_re: \"1\" is not a label name\n");
}

TEST(NotifyRoute, SaysWhichMatcherIsWrong) {
  EXPECT_EQ(RouteProblems("{receiver: a, routes: [{matchers: [a=b, '{c=d, e']}]}"),
            "2:48: alerting.route.routes[0].matchers[1]: matcher 2 of 2: want a label's name, one "
            "of = != =~ !~, and a value such as severity=\"critical\"\n");
  const std::string regexp =
      RouteProblems("{receiver: a, routes: [{match_re: {a: 'b('}}, {matchers: ['a=~\"b(\"']}]}");
  EXPECT_NE(regexp.find("2:46: alerting.route.routes[0].match_re.a: error parsing regexp"),
            std::string::npos)
      << regexp;
  EXPECT_NE(regexp.find("2:66: alerting.route.routes[1].matchers[0]: error parsing regexp"),
            std::string::npos)
      << regexp;
}

TEST(NotifyRoute, KnowsItsKeys) {
  EXPECT_EQ(RouteProblems("{receiver: a, group_wiat: 1s, routes: [{continu: true}], foo: 1}"),
            "2:22: alerting.route.group_wiat: unknown key; did you mean \"group_wait\"?\n"
            "2:48: alerting.route.routes[0].continu: unknown key; did you mean \"continue\"?\n"
            "2:65: alerting.route.foo: unknown key\n");
  EXPECT_EQ(RouteProblems("{receiver: a, receiver: b}"),
            "2:22: alerting.route: key \"receiver\" stands here a second time; the first is in "
            "line 2\n");
}

TEST(NotifyRoute, TakesFlagsAsYamlHasThem) {
  for (const char* yes : {"true", "True", "TRUE", "yes", "on", "y"}) {
    EXPECT_TRUE(FirstOf(fmt::format("{{receiver: a, routes: [{{continue: {}}}]}}", yes)).go_on);
  }
  for (const char* no : {"false", "No", "OFF", "n", "~"}) {
    EXPECT_FALSE(FirstOf(fmt::format("{{receiver: a, routes: [{{continue: {}}}]}}", no)).go_on);
  }
  for (const char* bad : {"'true'", "1", "maybe", "tRUE", "[true]"}) {
    EXPECT_NE(RouteProblems(fmt::format("{{receiver: a, routes: [{{continue: {}}}]}}", bad)), "")
        << bad;
  }
}

TEST(NotifyRoute, RefusesItemsThatSayNothing) {
  EXPECT_EQ(RouteProblems("{receiver: a, routes: [~]}"),
            "2:31: alerting.route.routes[0]: here is nothing\n");
}

TEST(NotifyRoute, FollowsAliasesAndMergeKeysWithinBounds) {
  EXPECT_EQ(FirstOf("{receiver: a, routes: [&r {matchers: [x=y], group_wait: 1s}, "
                    "{<<: *r, receiver: b}]}")
                .group_wait,
            seconds(1));
  // A billion routes in ten lines.
  std::string yaml =
      "receivers: [{name: a}]\nroute:\n  receiver: a\n  routes: &l0 [{receiver: a}]\n";
  for (int i = 1; i <= 9; ++i) {
    yaml += fmt::format("x{0}: &l{0} [", i);
    for (int j = 0; j < 10; ++j) yaml += fmt::format("{{routes: *l{}}}, ", i - 1);
    yaml += "]\n";
  }
  yaml += "y: &z {receiver: a, routes: *l9}\n";
  const auto node = YAML::Load(yaml);
  YAML::Node alerting;
  alerting["route"] = node["y"];
  alerting["receivers"] = node["receivers"];
  const auto parsed = ParseNotify(alerting, nullptr, ChannelsForTests());
  ASSERT_FALSE(parsed.problems.empty());
  EXPECT_EQ(parsed.problems[0].message, "its aliases unfold to more than a configuration may hold");
}

TEST(NotifyRoute, RefusesEndlessNesting) {
  std::string route = "{receiver: a, routes: [", tail = "]}";
  for (int i = 0; i < 120; ++i) {
    route += "{routes: [";
    tail += "]}";
  }
  EXPECT_NE(RouteProblems(route + tail).find("routes are nested too deeply"), std::string::npos);
}

TEST(NotifyLinks, WantsEveryNameToBeDefined) {
  EXPECT_EQ(Problems("route:\n"
                     "  receiver: opps\n"
                     "  routes:\n"
                     "    - receiver: nobody\n"
                     "      mute_time_intervals: [nihgt]\n"
                     "      active_time_intervals: [day]\n"
                     "receivers: [{name: ops}]\n"
                     "time_intervals: [{name: night}]\n"),
            "2:13: alerting.route.receiver: there is no receiver \"opps\"; did you mean \"ops\"?\n"
            "4:17: alerting.route.routes[0].receiver: there is no receiver \"nobody\"\n"
            "5:29: alerting.route.routes[0].mute_time_intervals[0]: there is no time interval "
            "\"nihgt\"; did you mean \"night\"?\n"
            "6:31: alerting.route.routes[0].active_time_intervals[0]: there is no time interval "
            "\"day\"\n");
}

TEST(NotifyLinks, WantsReceiversToBeReached) {
  EXPECT_EQ(Problems("receivers: [{name: ops}]\n"),
            "1:12: alerting.receivers: there are receivers, but no route that leads to them\n");
}

TEST(NotifyInhibitRules, TakeAllSpellings) {
  const auto parsed = ConfigWorld().Parse(
      "inhibit_rules:\n"
      "  - source_match: {severity: critical}\n"
      "    target_match_re: {severity: 'warning|info'}\n"
      "    equal: [instance, instance]\n"
      "  - source_matchers: [b=1, a=2]\n"
      "    source_match_re: {c: d}\n"
      "    target_matchers: ['x!=y']\n"
      "    target_match: {z: w}\n"
      "  - {}\n");
  EXPECT_TRUE(parsed.problems.empty());
  ASSERT_EQ(parsed.config.inhibit_rules.size(), 3u);
  const InhibitRule& first = parsed.config.inhibit_rules[0];
  EXPECT_EQ(Text(first.source), R"(severity="critical")");
  EXPECT_EQ(Text(first.target), R"(severity=~"^(?:warning|info)$")");
  EXPECT_EQ(first.equal, (std::vector<std::string>{"instance", "instance"}));
  EXPECT_EQ(Text(parsed.config.inhibit_rules[1].source), R"(a="2" b="1" c=~"^(?:d)$")");
  EXPECT_EQ(Text(parsed.config.inhibit_rules[1].target), R"(x!="y" z="w")");
}

TEST(NotifyInhibitRules, RefuseWhatIsNoLabel) {
  EXPECT_EQ(
      Problems("inhibit_rules: [{equal: [1a], source_match: {1b: c}, target_macth: {}}, ~]\n"),
      "1:26: alerting.inhibit_rules[0].equal[0]: \"1a\" is not a label name\n"
      "1:46: alerting.inhibit_rules[0].source_match: \"1b\" is not a label name\n"
      "1:54: alerting.inhibit_rules[0].target_macth: unknown key; did you mean "
      "\"target_match\"?\n"
      "1:73: alerting.inhibit_rules[1]: here is nothing\n");
  EXPECT_EQ(Problems("inhibit_rules: {}\n"),
            "1:16: alerting.inhibit_rules: want a list, got keys and values\n");
}

TEST(NotifyTimeIntervals, TakeEachPart) {
  const auto parsed = ConfigWorld().Parse(
      "time_intervals:\n"
      "  - name: nights\n"
      "    time_intervals:\n"
      "      - times: [{start_time: 22:00, end_time: '24:00'}, {start_time: 00:00, end_time: "
      "06:00}]\n"
      "        weekdays: ['monday:friday', sunday]\n"
      "        days_of_month: [1, '-3:-1']\n"
      "        months: ['january:march', 12]\n"
      "        years: [2026, '2027:2028']\n"
      "        location: Asia/Shanghai\n"
      "      - {location: Local}\n"
      "      - {location: UTC}\n"
      "mute_time_intervals: [{name: older}]\n");
  ASSERT_TRUE(parsed.problems.empty());
  EXPECT_TRUE(parsed.config.time_intervals.at("older").empty());
  const auto& intervals = parsed.config.time_intervals.at("nights");
  ASSERT_EQ(intervals.size(), 3u);
  const TimeInterval& first = intervals[0];
  ASSERT_EQ(first.minutes.size(), 2u);
  EXPECT_EQ(first.minutes[0].begin, 1320);
  EXPECT_EQ(first.minutes[0].end, 1440);
  EXPECT_EQ(first.minutes[1].end, 360);
  ASSERT_EQ(first.weekdays.size(), 2u);
  EXPECT_EQ(first.weekdays[0].end, 5);
  EXPECT_EQ(first.weekdays[1].begin, 0);
  ASSERT_EQ(first.days.size(), 2u);
  EXPECT_EQ(first.days[1].begin, -3);
  ASSERT_EQ(first.months.size(), 2u);
  EXPECT_EQ(first.months[1].begin, 12);
  ASSERT_EQ(first.years.size(), 2u);
  EXPECT_EQ(first.years[1].end, 2028);
  EXPECT_EQ(first.location, "Asia/Shanghai");
  EXPECT_EQ(intervals[1].location, "Local");
  EXPECT_EQ(intervals[2].location, "");
}

std::string IntervalProblems(const std::string& interval) {
  return Problems("time_intervals: [{name: x, time_intervals: [" + interval + "]}]\n");
}

TEST(NotifyTimeIntervals, RefuseImpossibleOnes) {
  const std::string at = "alerting.time_intervals[0].time_intervals[0]";
  EXPECT_EQ(IntervalProblems("{times: [{start_time: '25:00', end_time: '26:00'}]}"),
            "1:67: " + at +
                ".times[0].start_time: want a time from 00:00 to 24:00 such as \"09:00\", got "
                "\"25:00\"\n1:86: " +
                at +
                ".times[0].end_time: want a time from 00:00 to 24:00 such as \"09:00\", got "
                "\"26:00\"\n");
  EXPECT_EQ(IntervalProblems("{weekdays: [fooday], months: ['13'], days_of_month: [32]}"),
            "1:57: " + at +
                ".weekdays[0]: \"fooday\" is not a weekday; did you mean \"monday\"?\n" +
                "1:75: " + at +
                ".months[0]: want a month, by name or from 1 to 12, got \"13\"\n"
                "1:98: " +
                at +
                ".days_of_month[0]: want a day from 1 to 31, or from -31 to -1 counted from the "
                "month's end, got \"32\"\n");
  EXPECT_EQ(
      IntervalProblems("{times: [{start_time: 17:00, end_time: 09:00}]}"),
      "1:54: " + at + ".times[0]: want a start_time before the end_time; for a night, two times\n");
  EXPECT_EQ(
      IntervalProblems("{times: [{start_time: 17:00, end_time: 17:00}]}"),
      "1:54: " + at + ".times[0]: want a start_time before the end_time; for a night, two times\n");
  EXPECT_EQ(IntervalProblems("{times: [{start_time: 17:00}]}"),
            "1:54: " + at + ".times[0]: want both a start_time and an end_time\n");
  EXPECT_EQ(IntervalProblems("{times: [{}]}"),
            "1:54: " + at + ".times[0]: want both a start_time and an end_time\n");
  EXPECT_EQ(IntervalProblems("{years: [2027:2026], weekday: [monday]}"),
            "1:54: " + at + ".years[0]: \"2027:2026\" ends before it begins\n" + "1:66: " + at +
                ".weekday: unknown key; did you mean \"weekdays\"?\n");
}

TEST(NotifyTimeIntervals, RefuseZonesThatTheHostDoesNotKnow) {
  const std::string want =
      "1:56: alerting.time_intervals[0].time_intervals[0].location: this host knows no time zone "
      "\"{}\"; want one such as \"Asia/Shanghai\" (package tzdata)\n";
  EXPECT_EQ(IntervalProblems("{location: Asia/Nowhere}"),
            fmt::format(fmt::runtime(want), "Asia/Nowhere"));
  EXPECT_EQ(IntervalProblems("{location: ../../etc/passwd}"),
            fmt::format(fmt::runtime(want), "../../etc/passwd"));
  EXPECT_EQ(IntervalProblems("{location: ''}"), "");
}

TEST(NotifyTimeIntervals, HaveNamesOfTheirOwn) {
  EXPECT_EQ(Problems("mute_time_intervals: [{name: x}]\n"
                     "time_intervals: [{name: y}, {name: x}, {name: y}, {name: ''}, {}]\n"),
            "2:29: alerting.time_intervals[1]: a time interval \"x\" is there already\n"
            "2:40: alerting.time_intervals[2]: a time interval \"y\" is there already\n"
            "2:51: alerting.time_intervals[3]: want a name\n"
            "2:63: alerting.time_intervals[4]: want a name\n");
}

}  // namespace
}  // namespace ecsward::notify
