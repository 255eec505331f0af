#include "rules/unit_test/unit_test.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "rules/unit_test/report.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRules = R"(
groups:
  - name: first
    rules:
      - record: seen
        expr: doubled + 1
  - name: second
    rules:
      - record: doubled
        expr: up * 2
      - alert: Down
        expr: up == 0
        for: 2m
        labels: {severity: page}
        annotations: {summary: "{{ $labels.job }} is down"}
)";

class UnitTestFiles : public testing::Test {
 protected:
  UnitTestFiles()
      : folder_(fs::temp_directory_path() /
                ("ecsward-" +
                 std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
                 std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "rules");
    Write("rules/good.yml", kRules);
  }
  ~UnitTestFiles() override { fs::remove_all(folder_); }

  void Write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ / name) << text;
  }
  // What the report says behind its first line.
  std::string Run(std::string_view text) {
    Write("test.yml", text);
    const UnitTestReport report = RunUnitTestFile(folder_ / "test.yml");
    const std::string head = "Unit Testing:  " + (folder_ / "test.yml").string() + "\n";
    EXPECT_TRUE(report.text.starts_with(head)) << report.text;
    EXPECT_EQ(report.passed, report.text.ends_with("  SUCCESS\n\n"));
    return report.text.substr(head.size());
  }

  const fs::path folder_;
};

TEST_F(UnitTestFiles, PassWhenAllCasesHold) {
  EXPECT_EQ(Run(R"(
rule_files: [rules/g*.yml]
tests:
  - interval: 1m
    input_series: [{series: 'up{job="node"}', values: 1 0x5}]
    alert_rule_test:
      - {eval_time: 2m59s, alertname: Down}
      - eval_time: 3m
        alertname: Down
        exp_alerts:
          - exp_labels: {severity: page, job: node}
            exp_annotations: {summary: node is down}
    promql_expr_test:
      - {expr: 'ALERTS{alertstate="pending"}', eval_time: 3m}
      - {expr: sum(doubled), eval_time: 0s, exp_samples: [{value: 2}]}
)"),
            "  SUCCESS\n\n");
}

TEST_F(UnitTestFiles, SayWhatWasExpectedAndWhatWasThere) {
  EXPECT_EQ(Run(R"(
rule_files: [rules/good.yml]
tests:
  - interval: 1m
    name: my test
    input_series: [{series: 'up{job="node"}', values: 0x5}]
    alert_rule_test:
      - {eval_time: 1m, alertname: Down, exp_alerts: [{exp_labels: {a: b}}]}
      - {eval_time: 2m, alertname: Down}
    promql_expr_test:
      - {expr: up + 1, eval_time: 90s, exp_samples: [{labels: up, value: 12.5}]}
      - {expr: "sum(", eval_time: 1m}
)"),
            R"(  FAILED:
    name: my test,
    alertname: Down, time: 1m, )"
            R"(
        exp:[
            0:
              Labels:{a="b", alertname="Down"}
              Annotations:{}
            ], )"
            R"(
        got:[]

    name: my test,
    alertname: Down, time: 2m, )"
            R"(
        exp:[], )"
            R"(
        got:[
            0:
              Labels:{alertname="Down", job="node", severity="page"}
              Annotations:{summary="node is down"}
            ]

    expr: "up + 1", time: 1m30s,
        exp: {__name__="up"} 1.25E+01
        got: {job="node"} 1E+00

    expr: "sum(", time: 1m, err: 1:5: parse error: unclosed left parenthesis


)");
}

TEST_F(UnitTestFiles, EvaluateGroupsInTheOrderAsked) {
  constexpr std::string_view kTest = R"(
tests:
  - interval: 1m
    input_series: [{series: up, values: 1 2}]
    promql_expr_test:
      - {expr: seen, eval_time: 1m, exp_samples: [{labels: seen, value: 5}]}
)";
  const std::string files = "rule_files: [rules/good.yml]\n";
  EXPECT_NE(Run(files + std::string(kTest)), "  SUCCESS\n\n");
  EXPECT_EQ(Run(files + "group_eval_order: [second, first]\n" + std::string(kTest)),
            "  SUCCESS\n\n");
}

TEST_F(UnitTestFiles, NameTheRuleThatFails) {
  Write("rules/twice.yml",
        "groups: [{name: g, rules: [{record: a, expr: up}, {record: a, expr: up + 1}]}]");
  EXPECT_EQ(Run(R"(
rule_files: [rules/twice.yml]
tests:
  - interval: 1m
    input_series: [{series: up, values: 1 2}]
    promql_expr_test: [{expr: up, eval_time: 1m}]
)"),
            "  FAILED:\n    rule: a, time: 0s, err: duplicate sample for timestamp\n\n\n");
}

TEST_F(UnitTestFiles, ReadNoSampleBeyondTheLastEvaluation) {
  EXPECT_EQ(Run(R"(
evaluation_interval: 1m
tests:
  - interval: 10s
    input_series: [{series: up, values: 0+1x100}]
    promql_expr_test:
      - {expr: up, eval_time: 90s, exp_samples: [{labels: up, value: 6}]}
)"),
            "  SUCCESS\n\n");
}

TEST_F(UnitTestFiles, KeepTheirQuirks) {
  // A newline behind the values hides the series that follow, as in promtool.
  EXPECT_EQ(Run(R"(
tests:
  - interval: 1m
    input_series:
      - {series: up, values: "1 1\n"}
      - {series: down, values: 1 1}
    promql_expr_test:
      - {expr: down, eval_time: 1m}
      - {expr: up, eval_time: 1m, exp_samples: [{labels: up, value: 1}]}
)"),
            "  SUCCESS\n\n");
}

TEST_F(UnitTestFiles, WarnOfARuleFileThatIsNotThere) {
  EXPECT_EQ(
      Run("rule_files: [nothing.yml]\n"),
      "  WARNING: no file match pattern " + (folder_ / "nothing.yml").string() + "\n  SUCCESS\n\n");
}

TEST_F(UnitTestFiles, GivePlacesOfWhatIsWrong) {
  EXPECT_EQ(Run("testes: []\n"), "  FAILED:\n" + (folder_ / "test.yml").string() +
                                     ":1:1: unknown key \"testes\"; did you mean \"tests\"?\n\n\n");
}

TEST(UnitTestFile, ThatIsNotThereFails) {
  const UnitTestReport report = RunUnitTestFile("/nowhere/test.yml");
  EXPECT_FALSE(report.passed);
  EXPECT_NE(report.text.find("open /nowhere/test.yml: No such file or directory"),
            std::string::npos);
}

TEST(GoDuration, IsPrintedAsGoDoes) {
  EXPECT_EQ(GoDuration(0), "0s");
  EXPECT_EQ(GoDuration(500), "500ms");
  EXPECT_EQ(GoDuration(1500), "1.5s");
  EXPECT_EQ(GoDuration(90'000), "1m30s");
  EXPECT_EQ(GoDuration(3'600'000), "1h0m0s");
}

}  // namespace
}  // namespace ecsward
