// Rule files. tests/fixtures/rules/*.bad.yml each begin with the problems that they have, a line
// each: "# want: LINE:COLUMN: group, rule: message".
#include "rules/rule_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

std::string Problems(const RuleFile& parsed) {
  std::string all;
  for (const RuleFileProblem& problem : parsed.problems) all += problem.ToString() + "\n";
  return all;
}

std::string ProblemsOf(std::string_view yaml) { return Problems(ParseRuleFile(yaml, "r")); }

constexpr std::string_view kWhole = R"(
groups:
- name: disk
  interval: 1m30s
  limit: 10
  query_offset: 5s
  labels: {team: storage, severity: info}
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
    labels: {a: b, instance: ""}
  - alert: DiskFull
    expr: |
      disk_free
        < 0.1
    for: 5m
    keep_firing_for: 1m
    labels: {severity: page}
    annotations:
      summary: "{{ $labels.instance }} is full"
      empty: ""
- name: nothing
  rules:
)";

TEST(RuleFile, TakesEveryKey) {
  const RuleFile file = ParseRuleFile(kWhole, "r");
  ASSERT_EQ(Problems(file), "");
  ASSERT_EQ(file.groups.size(), 2u);
  const RuleGroup& group = file.groups.front();
  EXPECT_EQ(group.file, "r");
  EXPECT_EQ(group.name, "disk");
  EXPECT_EQ(group.interval_ms, 90'000);
  EXPECT_EQ(group.limit, 10);
  EXPECT_EQ(group.query_offset_ms, 5000);
  ASSERT_EQ(group.rules.size(), 2u);
  const Rule& alert = group.rules.back();
  EXPECT_EQ(alert.name(), "DiskFull");
  EXPECT_EQ(alert.expr_text, "disk_free\n  < 0.1\n");
  EXPECT_EQ(promql::ToString(*alert.expr), "disk_free < 0.1");
  EXPECT_EQ(alert.for_ms, 300'000);
  EXPECT_EQ(alert.keep_firing_for_ms, 60'000);
  EXPECT_EQ(alert.line, 12);
  EXPECT_EQ(alert.column, 5);
  EXPECT_EQ(alert.annotations,
            (LabelPairs{{"empty", ""}, {"summary", "{{ $labels.instance }} is full"}}));
  EXPECT_FALSE(file.groups.back().query_offset_ms);
}

TEST(RuleFile, GivesRulesTheLabelsOfTheirGroup) {
  const RuleFile file = ParseRuleFile(kWhole, "r");
  const auto& rules = file.groups.front().rules;
  EXPECT_EQ(rules.back().labels, (LabelPairs{{"severity", "page"}, {"team", "storage"}}));
}

// It says that the expression's label goes.
TEST(RuleFile, KeepsALabelWithoutValue) {
  const RuleFile file = ParseRuleFile(kWhole, "r");
  EXPECT_EQ(file.groups.front().rules.front().labels.at(1), (LabelPair{"instance", ""}));
}

TEST(RuleFile, MayBeEmpty) {
  for (const std::string_view yaml : {"", "# nothing", "groups:", "groups: []", "{}", "---\n",
                                      "groups:\n- name: a\n  rules:\n  -\n-\n"}) {
    EXPECT_EQ(ProblemsOf(yaml), "") << yaml;
  }
}

TEST(RuleFileFixtures, EachBadFileSaysAllThatIsWrongAndWhere) {
  int files = 0;
  const auto folder = SourceFolder() / "tests/fixtures/rules";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".bad.yml")) continue;
    ++files;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    std::string want;
    constexpr std::string_view kWant = "# want: ";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line) && line.starts_with(kWant);) {
      want += "r:" + line.substr(kWant.size()) + "\n";
    }
    EXPECT_EQ(ProblemsOf(text), want) << name;
  }
  EXPECT_GT(files, 10);
}

TEST(RuleFile, FollowsAliasesAndMergeKeys) {
  const RuleFile file = ParseRuleFile(R"(
groups:
- name: a
  rules: &rules
  - &base
    alert: A
    expr: &expr up == 0
    labels: &labels {a: one, b: two}
  - <<: *base
    alert: B
    labels:
      <<: [*labels, {c: three}]
      b: other
- name: b
  rules: *rules
)",
                                      "r");
  ASSERT_EQ(Problems(file), "");
  ASSERT_EQ(file.groups.back().rules.size(), 2u);
  const Rule& rule = file.groups.front().rules.back();
  EXPECT_EQ(rule.alert, "B");
  EXPECT_EQ(rule.expr_text, "up == 0");
  EXPECT_EQ(rule.labels, (LabelPairs{{"a", "one"}, {"b", "other"}, {"c", "three"}}));
}

TEST(RuleFile, TakesAnyPlainWordAsText) {
  const RuleFile file = ParseRuleFile(
      "groups:\n- name: 5\n  rules:\n  - record: true\n    expr: 0x10\n    labels: {a: 1.50, b: "
      "~}\n",
      "r");
  ASSERT_EQ(Problems(file), "");
  const Rule& rule = file.groups.front().rules.front();
  EXPECT_EQ(file.groups.front().name, "5");
  EXPECT_EQ(rule.record, "true");
  EXPECT_EQ(rule.expr_text, "0x10");
  EXPECT_EQ(rule.labels, (LabelPairs{{"a", "1.50"}, {"b", ""}}));
}

TEST(RuleFile, WarnsOfTheSameRuleTwice) {
  const RuleFile file = ParseRuleFile(R"(
groups:
- name: a
  rules:
  - {record: x, expr: up}
  - {record: x, expr: up, labels: {a: b}}
- name: b
  rules:
  - {record: x, expr: down}
)",
                                      "r");
  EXPECT_EQ(Problems(file), "");
  ASSERT_EQ(file.warnings.size(), 1u);
  EXPECT_EQ(file.warnings.front().ToString(),
            "r:9:5: group \"b\", rule 1, \"x\": another rule has this name and these labels");
}

TEST(RuleFile, RefusesBytesThatAreNoText) {
  EXPECT_EQ(ProblemsOf("groups: [\xff]"), "r: the file is not UTF-8\n");
  EXPECT_EQ(ProblemsOf(std::string_view("groups:\n- name: \0", 17)),
            "r:2:9: control characters are not allowed\n");
}

std::string Times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(RuleFile, RefusesWhatIsTooLong) {
  EXPECT_EQ(ProblemsOf(Times(3 << 20, "#")), "r: longer than a rule file may be, 2 MiB\n");
}

TEST(RuleFile, RefusesNestingWithoutEnd) {
  EXPECT_NE(ProblemsOf(Times(100'000, "[")), "");
  EXPECT_NE(ProblemsOf("groups: " + Times(100'000, "- ")), "");
  EXPECT_NE(ProblemsOf(Times(100'000, "{a: ")), "");
}

// A thousand groups of a thousand rules with a thousand labels each, in a few kilobytes.
TEST(RuleFile, RefusesAliasesThatUnfoldToGigabytes) {
  std::string text = "groups:\n- &g\n  name: a\n  rules:\n  - &r\n    record: x\n    expr: up\n";
  text += "    labels: {";
  for (int i = 0; i < 1000; ++i) text += "a" + std::to_string(i) + ": x, ";
  text += "z: z}\n" + Times(1000, "  - *r\n") + Times(1000, "- *g\n");
  EXPECT_NE(ProblemsOf(text).find("the file's aliases unfold to more than a rule file may hold"),
            std::string::npos);
}

TEST(RuleFile, BearsAnAliasOfItself) {
  EXPECT_NE(ProblemsOf("groups: &g\n- *g\n"), "");
  EXPECT_NE(ProblemsOf("groups:\n- name: a\n  rules:\n  - &r\n    <<: *r\n    record: x\n"), "");
}

}  // namespace
}  // namespace ecsward
