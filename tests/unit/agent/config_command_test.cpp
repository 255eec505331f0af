#include "agent/config_command.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

std::string Fixture(const char* name) { return SourceFolder() / "tests/fixtures/config" / name; }

CommandLine Check(std::string config) {
  CommandLine line;
  line.verb = Verb::kCheck;
  line.config_path = std::move(config);
  line.config_given = true;
  return line;
}

TEST(CheckCommand, SumsUpAGoodFile) {
  const CommandLine line = Check(Fixture("full.yaml"));
  const LoadedConfig loaded = LoadConfigFor(line);
  const std::string text = DescribeConfig(line, loaded);
  EXPECT_TRUE(loaded.problems.empty()) << text;
  EXPECT_TRUE(text.starts_with(line.config_path + ": ok\n  every 1s: ")) << text;
  EXPECT_NE(text.find("endpoint: 127.0.0.1:9100, [::1]:9100\n"), std::string::npos) << text;
}

TEST(CheckCommand, SaysEveryProblemOfABadFile) {
  const CommandLine line = Check(Fixture("all_at_once.bad.yaml"));
  const LoadedConfig loaded = LoadConfigFor(line);
  EXPECT_EQ(loaded.problems.size(), 6u);
  const std::string text = DescribeConfig(line, loaded);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6) << text;
  EXPECT_TRUE(text.starts_with(line.config_path + ":8:13: collect.interval: want")) << text;
}

TEST(CheckCommand, MissesAFileOnlyWhenItWasNamed) {
  CommandLine line = Check("/nowhere/ecsward.yml");
  EXPECT_EQ(LoadConfigFor(line).problems,
            std::vector<std::string>{"/nowhere/ecsward.yml: No such file or directory"});
  line.config_given = false;
  const LoadedConfig loaded = LoadConfigFor(line);
  EXPECT_TRUE(loaded.no_file);
  EXPECT_TRUE(DescribeConfig(line, loaded)
                  .starts_with("/nowhere/ecsward.yml: ok (not there: all defaults)\n"));
}

TEST(CheckCommand, RefusesWhatIsNoFile) {
  EXPECT_EQ(LoadConfigFor(Check("/dev/zero")).problems,
            std::vector<std::string>{"/dev/zero: not a file"});
}

TEST(CheckCommand, PutsFlagsOverTheFile) {
  CommandLine line = Check(Fixture("full.yaml"));
  line.overrides.listen = {"127.0.0.1:0"};
  EXPECT_EQ(LoadConfigFor(line).config.prometheus.listen, line.overrides.listen);
}

}  // namespace
}  // namespace ecsward
