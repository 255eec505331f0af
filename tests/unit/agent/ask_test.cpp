// What the commands make of flags, and of what the daemon answers.
#include <gtest/gtest.h>

#include <cmath>

#include "agent/ask_text.h"
#include "agent/ask_time.h"
#include "agent/daemon_settings.h"
#include "agent/series_line.h"
#include "rules/promql/parser.h"
#include "rules/promql/query.h"

namespace ecsward {
namespace {

constexpr std::int64_t kNow = 1'740'830'400'000;  // 2025-03-01T12:00:00Z

TEST(ParseTime, TakesUnixSecondsAndRfc3339) {
  EXPECT_EQ(*ParseTime("1740830400"), kNow);
  EXPECT_EQ(*ParseTime("1740830400.25"), kNow + 250);
  EXPECT_EQ(*ParseTime("2025-03-01T12:00:00Z"), kNow);
  EXPECT_EQ(*ParseTime("2025-03-01T20:00:00.250+08:00"), kNow + 250);
  EXPECT_EQ(*ParseTime("2025-03-01 07:00:00-05:00"), kNow);
  for (const char* text : {"", "now", "2025-03-01", "2025-02-30T00:00:00Z", "2025-03-01T12:00:00",
                           "2025-03-01T25:00:00Z", "1e300", "nan", "2025-03-01T12:00:00+8:00"}) {
    EXPECT_FALSE(ParseTime(text)) << text;
  }
}

TEST(TimesFor, IsOneMomentWithoutARange) {
  const auto times = TimesFor({}, kNow);
  ASSERT_TRUE(times);
  EXPECT_EQ(times->start_ms, kNow);
  EXPECT_EQ(times->end_ms, kNow);
  EXPECT_EQ(times->step_ms, 0);
  AskArguments ask;
  ask.at = "1000";
  EXPECT_EQ(TimesFor(ask, kNow)->start_ms, 1'000'000);
}

TEST(TimesFor, CountsARangeBackFromTheEnd) {
  AskArguments ask;
  ask.range = "1h";
  auto times = TimesFor(ask, kNow);
  ASSERT_TRUE(times);
  EXPECT_EQ(times->start_ms, kNow - 3'600'000);
  EXPECT_EQ(times->end_ms, kNow);
  EXPECT_EQ(times->step_ms, 14'000);
  ask.end = "2025-03-01T11:00:00Z";
  ask.step = "1m30s";
  times = TimesFor(ask, kNow);
  EXPECT_EQ(times->start_ms, kNow - 7'200'000);
  EXPECT_EQ(times->step_ms, 90'000);
}

TEST(TimesFor, NamesTheFlagThatIsWrong) {
  AskArguments ask;
  ask.range = "1x";
  EXPECT_EQ(TimesFor(ask, kNow).error().message.substr(0, 9), "--range: ");
  ask.range = "1d";
  ask.step = "1s";
  EXPECT_EQ(TimesFor(ask, kNow).error().message,
            "--step: gives more than 11000 points; want a longer one");
  ask = {};
  ask.start = "2";
  ask.end = "1";
  EXPECT_EQ(TimesFor(ask, kNow).error().message, "--end: lies before --start");
}

TEST(ParseSeriesLine, ReadsWhatThePageSays) {
  const auto line = ParseSeriesLine(R"(x_total{b="a\"\\\n}",a="1",empty=""} 1.5e+06)");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->labels, (LabelPairs{{"__name__", "x_total"}, {"a", "1"}, {"b", "a\"\\\n}"}}));
  EXPECT_EQ(line->value, 1.5e6);
  EXPECT_EQ(ParseSeriesLine("up 1")->labels, (LabelPairs{{"__name__", "up"}}));
  EXPECT_TRUE(std::isnan(ParseSeriesLine("x NaN")->value));
  EXPECT_TRUE(std::isinf(ParseSeriesLine("x +Inf")->value));
  for (const char* text : {"", "# HELP x y", "x", "x{", "x{a} 1", "x{a=\"1} 1", "x 1 2", "x y"}) {
    EXPECT_FALSE(ParseSeriesLine(text)) << text;
  }
}

TEST(AsScraped, RenamesWhatIsInTheWay) {
  EXPECT_EQ(
      AsScraped({{"__name__", "x"}, {"job", "a"}}, {{"instance", "h"}, {"job", "node"}}),
      (LabelPairs{{"__name__", "x"}, {"exported_job", "a"}, {"instance", "h"}, {"job", "node"}}));
}

TEST(DaemonSettings, AreReadBack) {
  AlertingConfig alerting;
  alerting.evaluation_interval = std::chrono::seconds(7);
  alerting.external_labels = {{"region", "cn"}};
  alerting.max_samples = 99;
  DaemonSettings settings = SettingsFrom(alerting, "web-1");
  settings.now_ms = kNow;
  const auto back = ParseSettings(ToText(settings));
  ASSERT_TRUE(back);
  EXPECT_EQ(ToText(*back), ToText(settings));
  EXPECT_EQ(back->rules.evaluation_interval_ms, 7'000);
  EXPECT_EQ(back->rules.query.max_samples, 99u);
  EXPECT_EQ(ToString(back->rules.external_labels), R"({hostname="web-1", region="cn"})");
  EXPECT_FALSE(ParseSettings("[]"));
}

RuleAlert Firing() {
  RuleAlert of{"f;g", "HighLoad", "", {}};
  of.alert.labels = {{"alertname", "HighLoad"}, {"job", "node"}};
  of.alert.annotations = {{"summary", "busy\x1b[31m"}};
  of.alert.state = AlertState::kFiring;
  of.alert.value = 12.5;
  of.alert.active_at_ms = of.alert.fired_at_ms = kNow - 90'000;
  of.alert.evidence = {{EvidenceKind::kCpu, kNow, "cores", {{"php-fpm", 7, 0.61, 1}}, ""}};
  return of;
}

TEST(AlertsOnTheWire, AreReadBack) {
  RuleAlert odd = Firing();
  odd.alert.value = std::nan("");
  const auto back = ParseAlerts(ToText({Firing(), odd}));
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ((*back)[0].alert.labels, Firing().alert.labels);
  EXPECT_EQ((*back)[0].alert.state, AlertState::kFiring);
  EXPECT_EQ((*back)[0].alert.value, 12.5);
  EXPECT_EQ((*back)[0].alert.evidence.size(), 1u);
  EXPECT_TRUE(std::isnan((*back)[1].alert.value));
}

TEST(AlertsText, ShowsWhatPeopleAskFor) {
  EXPECT_EQ(AlertsText({}, kNow), "no alerts\n");
  EXPECT_EQ(AlertsText({Firing()}, kNow),
            "STATE     NAME     SINCE                    VALUE        LABELS\n"
            "firing    HighLoad 03-01T11:58:30Z (1m30s)  12.5         {job=\"node\"}\n"
            "          busy?[31m\n"
            "          cpu: php-fpm 61 %\n");
}

TEST(QueryText, AlignsTheValues) {
  LabelTable table;
  promql::Value value;
  value.type = promql::ValueType::kVector;
  value.vector.push_back({table.Make(LabelPairs{{"__name__", "up"}}), 1});
  value.vector.push_back({table.Make(LabelPairs{{"__name__", "x"}, {"a", "b"}}), 0.5});
  EXPECT_EQ(QueryText(value, 1'500),
            "up       => 1 @1.500\n"
            "x{a=\"b\"} => 0.5 @1.500\n");
  EXPECT_EQ(MatrixText({{table.Make(LabelPairs{{"a", "b"}}), {{1'000, 1}, {2'000, 2}}}}),
            "{a=\"b\"} =>\n1 @1\n2 @2\n");
}

std::string NothingFoundFor(std::string_view expression, const History& history) {
  const auto expr = promql::Parse(expression);
  const std::chrono::minutes lookback(5);
  return NothingFound(history, promql::HistoryNeeds(**expr, lookback), lookback);
}

TEST(NothingFound, SaysWhatIsMissing) {
  LabelTable labels;
  History history(labels);
  const LabelPairs pairs = {{"__name__", "node_forks_total"}, {"job", "node"}};
  const History::Id forks = history.Open(labels.Make(pairs));
  history.Append(forks, {kNow, 1});
  EXPECT_EQ(NothingFoundFor("node_fork{a=~'b'} > 1", history),
            "no series matches node_fork{a=~\"b\"}\n");
  EXPECT_EQ(NothingFoundFor("rate(node_forks_total[1m])", history),
            "of node_forks_total only the newest sample is there: history is kept of what a rule "
            "reads\n");
  EXPECT_EQ(NothingFoundFor("node_forks_total > 5", history), "");
  history.Append(forks, {kNow + 1000, 2});
  EXPECT_EQ(NothingFoundFor("rate(node_forks_total[1m]) > 5", history), "");
}

TEST(ForTerminal, LetsNoCommandThrough) {
  EXPECT_EQ(ForTerminal("a\x1b[2Jb\n"), "a?[2Jb\n");
  EXPECT_EQ(ForTerminal("a\xc2\x9b"
                        "2J 磁盘 \xc2\xa9"),
            "a?2J 磁盘 \xc2\xa9");
}

TEST(AlertsText, KeepsASummaryInItsLine) {
  RuleAlert of;
  of.rule = "A";
  of.alert.state = AlertState::kFiring;
  of.alert.annotations = {{"summary", "calm\nfiring    Faked"}};
  const std::string text = AlertsText({of}, 0);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;  // head, alert, summary
}

}  // namespace
}  // namespace ecsward
