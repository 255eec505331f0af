// How a parsed expression prints: as Prometheus 2.42 showed each of these in its list of rules.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "rules/promql/parser.h"

namespace ecsward::promql {
namespace {

struct Printed {
  std::string_view expr, text;
};

// clang-format off
constexpr Printed kPrinted[] = {
    {"1", "1"},
    {"-1", "-1"},
    {"+1", "1"},
    {"0x1F", "31"},
    {"0755", "493"},
    {"08", "8"},
    {"1e6", "1e+06"},
    {"1e20", "1e+20"},
    {"1e21", "1e+21"},
    {"1e-5", "1e-05"},
    {"0.0001", "0.0001"},
    {"123456789", "1.23456789e+08"},
    {".5", "0.5"},
    {"5.", "5"},
    {"Inf", "+Inf"},
    {"-Inf", "-Inf"},
    {"NaN", "NaN"},
    {"-NaN", "NaN"},
    {"99999999999999999999", "1e+20"},
    {"foo", "foo"},
    {"foo{}", "foo"},
    {"{__name__=\"foo\"}", "{__name__=\"foo\"}"},
    {"foo{b=\"c\",a=\"d\"}", "foo{a=\"d\",b=\"c\"}"},
    {"foo{a=\"b\",}", "foo{a=\"b\"}"},
    {"foo{a!=\"b\",c=~\"d.*\",e!~\"f|g\"}", "foo{a!=\"b\",c=~\"d.*\",e!~\"f|g\"}"},
    {"foo{a=\"ü\\n\\\"\\\\\"}", "foo{a=\"ü\\n\\\"\\\\\"}"},
    {"foo{a='x\"y'}", "foo{a=\"x\\\"y\"}"},
    {"foo{a=`x\\y`}", "foo{a=\"x\\\\y\"}"},
    {"foo{a=\"\\x41\\101\\u00e4\\t\"}", "foo{a=\"AAä\\t\"}"},
    {"foo[5m]", "foo[5m]"},
    {"foo[90s]", "foo[1m30s]"},
    {"foo[1d12h]", "foo[1d12h]"},
    {"foo[2w]", "foo[2w]"},
    {"foo[8d]", "foo[8d]"},
    {"foo[1y]", "foo[1y]"},
    {"foo[366d]", "foo[366d]"},
    {"foo[500ms]", "foo[500ms]"},
    {"foo[1h30m15s20ms]", "foo[1h30m15s20ms]"},
    {"foo offset 5m", "foo offset 5m"},
    {"foo offset -5m", "foo offset -5m"},
    {"foo[5m] offset 1w", "foo[5m] offset 1w"},
    {"foo[5m] offset -1h @ 10", "foo[5m] @ 10.000 offset -1h"},
    {"foo @ 10", "foo @ 10.000"},
    {"foo @ 10.5", "foo @ 10.500"},
    {"foo @ -10.1234", "foo @ -10.123"},
    {"foo @ 1609746000 offset 5m", "foo @ 1609746000.000 offset 5m"},
    {"foo offset 5m @ start()", "foo @ start() offset 5m"},
    {"foo @ end()", "foo @ end()"},
    {"foo[5m] @ start()", "foo[5m] @ start()"},
    {"rate(foo[5m])[1h:]", "rate(foo[5m])[1h:]"},
    {"rate(foo[5m])[1h:5m]", "rate(foo[5m])[1h:5m]"},
    {"rate(foo[5m])[1h:5m] offset 1d", "rate(foo[5m])[1h:5m] offset 1d"},
    {"rate(foo[5m])[1h:5m] @ 100 offset -1d", "rate(foo[5m])[1h:5m] @ 100.000 offset -1d"},
    {"foo[5m:1m]", "foo[5m:1m]"},
    {"(foo)[5m:1m]", "(foo)[5m:1m]"},
    {"sum(foo)[1h:]", "sum(foo)[1h:]"},
    {"-foo", "-foo"},
    {"+foo", "+foo"},
    {"--foo", "--foo"},
    {"-+-foo", "-+-foo"},
    {"-(1)", "-(1)"},
    {"-1^2", "-1 ^ 2"},
    {"-foo^2", "-foo ^ 2"},
    {"2 ^ -1 * 3", "2 ^ -1 * 3"},
    {"2^3^2", "2 ^ 3 ^ 2"},
    {"1+2*3", "1 + 2 * 3"},
    {"(1+2)*3", "(1 + 2) * 3"},
    {"foo+bar", "foo + bar"},
    {"foo-bar-baz", "foo - bar - baz"},
    {"foo%2", "foo % 2"},
    {"foo / bar * baz", "foo / bar * baz"},
    {"foo == bar", "foo == bar"},
    {"foo != 1", "foo != 1"},
    {"foo >= bool 1", "foo >= bool 1"},
    {"1 < bool 2", "1 < bool 2"},
    {"foo and bar or baz unless qux", "foo and bar or baz unless qux"},
    {"foo AND bar", "foo and bar"},
    {"foo atan2 bar", "foo atan2 bar"},
    {"foo + on() bar", "foo + on () bar"},
    {"foo + on(a) bar", "foo + on (a) bar"},
    {"foo + on(a,b,) bar", "foo + on (a, b) bar"},
    {"foo + ignoring(a) bar", "foo + ignoring (a) bar"},
    {"foo + ignoring() bar", "foo + bar"},
    {"foo * on(a) group_left bar", "foo * on (a) group_left () bar"},
    {"foo * on(a) group_left() bar", "foo * on (a) group_left () bar"},
    {"foo * on(a) group_left(x,y) bar", "foo * on (a) group_left (x, y) bar"},
    {"foo * ignoring(a) group_right(x) bar", "foo * ignoring (a) group_right (x) bar"},
    {"foo > bool on(a) bar", "foo > bool on (a) bar"},
    {"foo and on(a) bar", "foo and on (a) bar"},
    {"foo or ignoring(a) bar", "foo or ignoring (a) bar"},
    {"sum(foo)", "sum(foo)"},
    {"SUM(foo)", "sum(foo)"},
    {"sum by (a) (foo)", "sum by (a) (foo)"},
    {"sum(foo) by (a, b)", "sum by (a, b) (foo)"},
    {"sum by () (foo)", "sum(foo)"},
    {"sum without (a) (foo)", "sum without (a) (foo)"},
    {"sum without () (foo)", "sum without () (foo)"},
    {"sum (rate(x[5m])) by (a)", "sum by (a) (rate(x[5m]))"},
    {"topk(5, foo)", "topk(5, foo)"},
    {"topk by (a) (5, foo)", "topk by (a) (5, foo)"},
    {"bottomk(scalar(bar), foo)", "bottomk(scalar(bar), foo)"},
    {"quantile(0.9, foo)", "quantile(0.9, foo)"},
    {"count_values(\"v\", foo)", "count_values(\"v\", foo)"},
    {"count_values without (a) (\"v\", foo)", "count_values without (a) (\"v\", foo)"},
    {"group(foo)", "group(foo)"},
    {"avg(stddev(foo)) + min(stdvar(foo)) - max(count(foo))", "avg(stddev(foo)) + min(stdvar(foo)) - max(count(foo))"},
    {"rate(foo[5m])", "rate(foo[5m])"},
    {"label_replace(foo, \"a\", \"$1\", \"b\", \"(.*)\")", "label_replace(foo, \"a\", \"$1\", \"b\", \"(.*)\")"},
    {"label_join(foo, \"a\", \",\", \"b\", \"c\")", "label_join(foo, \"a\", \",\", \"b\", \"c\")"},
    {"label_join(foo, \"a\", \",\")", "label_join(foo, \"a\", \",\")"},
    {"histogram_quantile(0.9, sum by (le) (rate(foo_bucket[5m])))", "histogram_quantile(0.9, sum by (le) (rate(foo_bucket[5m])))"},
    {"round(foo)", "round(foo)"},
    {"round(foo, 0.1)", "round(foo, 0.1)"},
    {"clamp(foo, -1, Inf)", "clamp(foo, -1, +Inf)"},
    {"time()", "time()"},
    {"pi()", "pi()"},
    {"hour()", "hour()"},
    {"day_of_week(foo)", "day_of_week(foo)"},
    {"vector(1)", "vector(1)"},
    {"scalar(foo)", "scalar(foo)"},
    {"absent(foo{a=\"b\"})", "absent(foo{a=\"b\"})"},
    {"absent_over_time(foo[5m])", "absent_over_time(foo[5m])"},
    {"quantile_over_time(0.5, foo[5m])", "quantile_over_time(0.5, foo[5m])"},
    {"holt_winters(foo[5m], 0.5, 0.5)", "holt_winters(foo[5m], 0.5, 0.5)"},
    {"predict_linear(foo[1h], 4*3600) < 0", "predict_linear(foo[1h], 4 * 3600) < 0"},
    {"max_over_time(deriv(rate(foo[5m])[30m:1m])[10m:])", "max_over_time(deriv(rate(foo[5m])[30m:1m])[10m:])"},
    {"foo:bar:baz", "foo:bar:baz"},
    {":foo", ":foo"},
    {"sum", "sum"},
    {"by", "by"},
    {"without", "without"},
    {"offset offset 5m", "offset offset 5m"},
    {"start", "start"},
    {"end{a=\"b\"}", "end{a=\"b\"}"},
    {"and and and", "and and and"},
    {"or or or", "or or or"},
    {"avg + count", "avg + count"},
    {"infinity", "infinity"},
    {"(((foo)))", "(((foo)))"},
    {"foo # comment", "foo"},
    {"100 * (1 - avg by(instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))) > 80", "100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))) > 80"},
    {"{__name__=~\"a|b\",job=\"x\"}", "{__name__=~\"a|b\",job=\"x\"}"},
    {"{__name__=\"a\",__name__!=\"b\"}", "{__name__!=\"b\",__name__=\"a\"}"},
    {"foo > Inf", "foo > +Inf"},
    {"foo{a=\"\\xff\"}", "foo{a=\"\\xff\"}"},
    {"foo{on=\"a\",by=\"b\",sum=\"c\"}", "foo{by=\"b\",on=\"a\",sum=\"c\"}"},
    {"sum by (on, by, sum) (foo)", "sum by (on, by, sum) (foo)"},
    {"foo[5m] offset 5m", "foo[5m] offset 5m"},
    {"count(foo) without (a) > bool 1", "count without (a) (foo) > bool 1"},
    {"1 == bool 1", "1 == bool 1"},
    {"1 + 2 / 3 ^ 4 % 5 - 6 atan2 7", "1 + 2 / 3 ^ 4 % 5 - 6 atan2 7"},
    {"-foo * bar", "-foo * bar"},
    {"- foo offset 5m", "-foo offset 5m"},
    {"\"x\"", "\"x\""},
    {"'a\\'b'", "\"a'b\""},
    {"`a\\nb`", "\"a\\\\nb\""},
};
// clang-format on

std::string Print(std::string_view text) {
  const auto parsed = Parse(text);
  return parsed ? ToString(**parsed) : parsed.error().ToString();
}

TEST(Printer, PrintsAsPrometheusDoes) {
  for (const Printed& row : kPrinted) EXPECT_EQ(Print(row.expr), row.text);
}

TEST(Printer, PrintsWhatParsesToTheSameAgain) {
  for (const Printed& row : kPrinted) EXPECT_EQ(Print(row.text), row.text);
}

TEST(Printer, PrintsWhatLaterVersionsBrought) {
  EXPECT_EQ(Print("limitk(2,x)"), "limitk(2, x)");
  EXPECT_EQ(Print("double_exponential_smoothing(x[5m],0.1,0.2)"),
            "double_exponential_smoothing(x[5m], 0.1, 0.2)");
  EXPECT_EQ(Print("x > 1m30s"), "x > 90");
  EXPECT_EQ(Print("x[300:0x_3c] offset 1.5"), "x[5m:1m] offset 1s500ms");
  EXPECT_EQ(Print("1_000.000_5"), "1000.0005");
}

// +Inf^2 would be the plus of a power.
TEST(Printer, KeepsAnInfinityTheBaseOfItsPower) { EXPECT_EQ(Print("Inf^2"), "Inf ^ 2"); }

// Else the labels that are carried over would be lost.
TEST(Printer, KeepsGroupLeftWithoutAnIgnoredLabel) {
  EXPECT_EQ(Print("a * ignoring() group_left(x) b"), "a * ignoring () group_left (x) b");
}

TEST(Printer, EscapesWhatIsNoText) {
  EXPECT_EQ(Print(R"("\xff\u200b\ufffd\a\"ä")"), R"("\xff\u200b\ufffd\a\"ä")");
}

}  // namespace
}  // namespace ecsward::promql
