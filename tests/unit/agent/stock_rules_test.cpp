// What every built-in rule must have. That they fire when they should is tested in tests/rules/, by
// promtool and by ecsward.
#include "agent/stock_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "metrics/evidence.h"
#include "rules/promql/query.h"
#include "rules/rule_file.h"
#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream in(SourceFolder() / path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// "disk" of "stock/disk.yml".
std::string Theme(const StockRuleFile& file) {
  const std::string_view base = file.name.substr(file.name.find('/') + 1);
  return std::string(base.substr(0, base.find('.')));
}

RuleFile Parsed(const StockRuleFile& file) {
  return ParseRuleFile(file.yaml, std::string(file.name));
}

// Calls `look` with each alerting rule.
template <class Look>
void ForEachAlert(const Look& look) {
  for (const StockRuleFile& file : StockRules()) {
    for (const RuleGroup& group : Parsed(file).groups) {
      for (const Rule& rule : group.rules) {
        if (!rule.alert.empty()) look(file, rule);
      }
    }
  }
}

bool HasChinese(const std::string& text) {
  // U+4E00 to U+9FFF begin with E4 to E9 in UTF-8.
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '\xE4' && c <= '\xE9'; });
}

TEST(StockRules, HaveNamesThatNoOtherHas) {
  std::set<std::string> names;
  ForEachAlert([&](const StockRuleFile&, const Rule& rule) {
    EXPECT_TRUE(names.insert(rule.alert).second) << rule.alert;
  });
}

TEST(StockRules, SayHowBadItIs) {
  ForEachAlert([](const StockRuleFile&, const Rule& rule) {
    const std::string_view severity = Get(rule.labels, "severity");
    EXPECT_TRUE(severity == "critical" || severity == "warning" || severity == "info")
        << rule.alert << ": " << severity;
  });
}

TEST(StockRules, SpeakBothLanguages) {
  ForEachAlert([](const StockRuleFile&, const Rule& rule) {
    for (const char* name : {"summary", "description"}) {
      const std::string english(Get(rule.annotations, name));
      const std::string chinese(Get(rule.annotations, std::string(name) + "_zh"));
      EXPECT_FALSE(english.empty()) << rule.alert;
      EXPECT_FALSE(HasChinese(english)) << rule.alert << ": " << english;
      EXPECT_TRUE(HasChinese(chinese)) << rule.alert << ": " << chinese;
      EXPECT_NE(english.find("{{ $labels.instance }}"), std::string::npos) << rule.alert;
      EXPECT_NE(chinese.find("{{ $labels.instance }}"), std::string::npos) << rule.alert;
    }
  });
}

TEST(StockRules, AskForEvidenceThatThereIs) {
  ForEachAlert([](const StockRuleFile&, const Rule& rule) {
    const std::string_view kind = Get(rule.annotations, "ecsward_evidence");
    EXPECT_TRUE(kind.empty() || ParseEvidenceKind(kind)) << rule.alert << ": " << kind;
  });
}

TEST(StockRules, GiveAReasonAboveEachAlert) {
  for (const StockRuleFile& file : StockRules()) {
    std::istringstream lines{std::string(file.yaml)};
    std::string before;
    for (std::string line; std::getline(lines, line); before = line) {
      if (line.find("- alert:") == std::string::npos) continue;
      EXPECT_NE(before.find("# "), std::string::npos) << file.name << ": " << line;
    }
  }
}

TEST(StockRules, HaveATestForEachAlert) {
  ForEachAlert([](const StockRuleFile& file, const Rule& rule) {
    const std::string path = "tests/rules/" + Theme(file) + ".test.yml";
    EXPECT_NE(Contents(path).find("alertname: " + rule.alert + "\n"), std::string::npos)
        << rule.alert << " is not in " << path;
  });
}

// What a host does not measure, no rule can judge. (Names of ours have no list.)
TEST(StockRules, ReadMetricsThatThereAre) {
  const std::string known = Contents("docs/metrics.md") + "`node_scrape_collector_success`";
  ForEachAlert([&](const StockRuleFile&, const Rule& rule) {
    for (const auto& need : promql::HistoryNeeds(*rule.expr, std::chrono::minutes(5))) {
      for (const LabelMatcher& matcher : need.matchers) {
        if (matcher.name() != kMetricName || !matcher.value().starts_with("node_")) continue;
        EXPECT_NE(known.find("`" + matcher.value() + "`"), std::string::npos)
            << rule.alert << ": " << matcher.value();
      }
    }
  });
}

// One sample a second costs two or three bytes: an hour of every CPU's modes would be megabytes.
TEST(StockRules, RememberMinutesNotHours) {
  ForEachAlert([](const StockRuleFile&, const Rule& rule) {
    for (const auto& need : promql::HistoryNeeds(*rule.expr, std::chrono::minutes(5))) {
      const bool minutely = std::any_of(
          need.matchers.begin(), need.matchers.end(),
          [](const LabelMatcher& matcher) { return matcher.value().ends_with(":minutely"); });
      // Only units that restart at all have a series.
      const bool few =
          std::any_of(need.matchers.begin(), need.matchers.end(), [](const LabelMatcher& matcher) {
            return matcher.value() == "ecsward_unit_restarts_total";
          });
      const std::chrono::minutes most(minutely ? 366 : few ? 15 : 11);
      EXPECT_LE(need.keep, most) << rule.alert;
    }
  });
}

}  // namespace
}  // namespace ecsward
