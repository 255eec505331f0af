#include "rules/unit_test/test_file.h"

#include <gtest/gtest.h>

#include <cmath>

#include "rules/unit_test/yaml_number.h"

namespace ecsward {
namespace {

using Texts = std::vector<std::string>;

TEST(ParseUnitTestFile, ReadsEveryKey) {
  const UnitTestFile file = ParseUnitTestFile(R"(
rule_files: [a.yml, "b*.yml"]
evaluation_interval: 30s
group_eval_order: [g, h]
tests:
  - name: first
    interval: 1m
    input_series: [{series: up, values: 1x5}]
    external_labels: {region: cn, n: 5}
    external_url: http://h
    alert_rule_test:
      - eval_time: 5m
        alertname: Down
        exp_alerts: [{exp_labels: {job: "", a: ~}, exp_annotations: {s: 1.0}}]
    promql_expr_test:
      - expr: up
        eval_time: 1h30m
        exp_samples: [{labels: up, value: 1e3}]
)");
  EXPECT_EQ(file.problems, Texts{});
  EXPECT_EQ(file.rule_files, (Texts{"a.yml", "b*.yml"}));
  EXPECT_EQ(file.evaluation_interval_ms, 30'000);
  EXPECT_EQ(file.group_eval_order, (Texts{"g", "h"}));
  ASSERT_EQ(file.tests.size(), 1u);
  const UnitTest& test = file.tests[0];
  EXPECT_EQ(test.name, "first");
  EXPECT_EQ(test.interval_ms, 60'000);
  EXPECT_EQ(test.input[0].values, "1x5");
  EXPECT_EQ(test.external_labels, (LabelPairs{{"n", "5"}, {"region", "cn"}}));
  EXPECT_EQ(test.external_url, "http://h");
  EXPECT_EQ(test.alert_cases[0].eval_time_ms, 300'000);
  EXPECT_EQ(test.alert_cases[0].alerts[0].labels, (LabelPairs{{"a", ""}, {"job", ""}}));
  EXPECT_EQ(test.alert_cases[0].alerts[0].annotations, (LabelPairs{{"s", "1.0"}}));
  EXPECT_EQ(test.expr_cases[0].eval_time_ms, 5'400'000);
  EXPECT_EQ(test.expr_cases[0].samples[0].value, 1000);
}

TEST(ParseUnitTestFile, TakesNothingForNothing) {
  EXPECT_EQ(ParseUnitTestFile("").problems, Texts{});
  EXPECT_EQ(ParseUnitTestFile("tests:\n").problems, Texts{});
  EXPECT_EQ(ParseUnitTestFile("evaluation_interval: 0s\n").evaluation_interval_ms, 60'000);
  EXPECT_EQ(ParseUnitTestFile("tests: [~]\n").tests.size(), 1u);
}

TEST(ParseUnitTestFile, SaysAllThatIsWrongAndWhere) {
  const UnitTestFile file = ParseUnitTestFile(R"(testes: 1
tests:
  - interval: 15
    promql_expr_test:
      - {expr: up, eval_tim: 1m, exp_samples: [{value: "1"}]}
)");
  EXPECT_EQ(file.problems, (Texts{"1:1: unknown key \"testes\"; did you mean \"tests\"?",
                                  "3:15: not a valid duration string: \"15\"",
                                  "5:20: unknown key \"eval_tim\"; did you mean \"eval_time\"?",
                                  "5:56: want a number, got \"1\""}));
}

TEST(ParseYamlNumber, KnowsTheNumbersOfYaml) {
  for (const auto& [text, value] :
       std::vector<std::pair<const char*, double>>{{"1", 1},
                                                   {"-1.5", -1.5},
                                                   {"+.5", 0.5},
                                                   {"1.", 1},
                                                   {"1e3", 1000},
                                                   {"1_000", 1000},
                                                   {"0x1F", 31},
                                                   {"017", 15},
                                                   {"0o17", 15},
                                                   {"0b11", 3},
                                                   {"08", 8},
                                                   {"-0", -0.0},
                                                   {".inf", INFINITY},
                                                   {"-.Inf", -INFINITY}}) {
    const auto number = ParseYamlNumber(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(*number, value) << text;
  }
  EXPECT_TRUE(std::isnan(*ParseYamlNumber(".nan")));
}

TEST(ParseYamlNumber, TakesOtherWordsForWords) {
  for (const char* text : {"", "Inf", "NaN", "yes", "true", "1.2.3", "0x", "1e400", "+-1", "-", ".",
                           "_1", "1m", "2001-01-01"}) {
    EXPECT_FALSE(ParseYamlNumber(text)) << text;
  }
}

}  // namespace
}  // namespace ecsward
