#include "agent/rule_loader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "agent/config_command.h"
#include "agent/stock_rules.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

std::string Group(const std::string& name, const std::string& expr) {
  return "groups:\n- name: " + name + "\n  rules:\n  - alert: A\n    expr: " + expr + "\n";
}

class RuleLoaderTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_.path() / name).parent_path());
    std::ofstream(folder_.path() / name) << text;
  }
  LoadedRules Load(std::vector<std::string> files) {
    AlertingConfig alerting;
    alerting.rule_files = std::move(files);
    return LoadRules(alerting, folder_.path() / "ecsward.yml");
  }
  std::vector<std::string> Groups(const LoadedRules& loaded) {
    std::vector<std::string> names;
    for (const RuleGroup& group : loaded.groups) names.push_back(group.name);
    return names;
  }
  TempFolder folder_;
};

TEST(StockRules, AreBuiltInAndGood) {
  const LoadedRules loaded = LoadRules(AlertingConfig(), "ecsward.yml");
  EXPECT_EQ(loaded.rule_problems, std::vector<std::string>{});
  EXPECT_EQ(loaded.files, StockRules().size());
  EXPECT_GT(loaded.groups.size(), 3u);
  for (const RuleGroup& group : loaded.groups) EXPECT_TRUE(group.file.starts_with("stock/"));
}

TEST_F(RuleLoaderTest, TakesFilesBesideTheConfigurationAndPatternsEachOnce) {
  Write("rules/b.yml", Group("b", "up"));
  Write("rules/a.yml", Group("a", "up"));
  Write("c.yml", Group("c", "up"));
  const LoadedRules loaded =
      Load({"c.yml", "rules/*.yml", folder_.path() / "rules/a.yml", "none/*.yml"});
  EXPECT_EQ(loaded.config_problems, std::vector<std::string>{});
  EXPECT_EQ(Groups(loaded), (std::vector<std::string>{"c", "a", "b"}));
}

TEST_F(RuleLoaderTest, ReplacesTheStockRulesUnlessTheyAreNamed) {
  Write("c.yml", Group("c", "up"));
  EXPECT_EQ(Load({"c.yml"}).files, 1u);
  EXPECT_EQ(Load({"c.yml", "stock", "stock"}).files, 1 + StockRules().size());
  EXPECT_EQ(Load({}).files, 0u);
}

TEST_F(RuleLoaderTest, SaysAllThatIsWrongInAllFiles) {
  Write("bad.yml", Group("a", "up ==") + "- name: a\n  rules: []\n");
  Write("ecsward.yml", "alerting:\n  rule_files: [bad.yml, missing.yml]\n");
  CommandLine line;
  line.verb = Verb::kCheck;
  line.config_path = folder_.path() / "ecsward.yml";
  line.config_given = true;
  const LoadedConfig loaded = LoadConfigFor(line);
  ASSERT_EQ(loaded.problems.size(), 3u) << DescribeConfig(line, loaded);
  EXPECT_EQ(loaded.problems[0], line.config_path + ":2:25: alerting.rule_files[1]: " +
                                    std::string(folder_.path() / "missing.yml") +
                                    ": No such file or directory");
  EXPECT_TRUE(loaded.problems[1].starts_with(std::string(folder_.path() / "bad.yml") + ":"))
      << loaded.problems[1];
}

TEST_F(RuleLoaderTest, LoadsTheSameRuleTwiceAndSaysWhere) {
  Write("a.yml", Group("g", "up") + "  - alert: A\n    expr: up\n");
  const LoadedRules loaded = Load({"a.yml"});
  EXPECT_TRUE(loaded.rule_problems.empty());
  const std::string place =
      std::string(folder_.path() / "a.yml") + ":6:5: group \"g\", rule 2, \"A\"";
  EXPECT_EQ(loaded.rule_warnings,
            std::vector<std::string>{place + ": another rule has this name and these labels"});

  Write("ecsward.yml", "alerting: {rule_files: [a.yml]}\n");
  CommandLine line;
  line.verb = Verb::kCheck;
  line.config_path = folder_.path() / "ecsward.yml";
  line.config_given = true;
  const LoadedConfig config = LoadConfigFor(line);
  EXPECT_TRUE(config.problems.empty());
  EXPECT_TRUE(DescribeConfig(line, config).starts_with(place));
}

}  // namespace
}  // namespace ecsward
