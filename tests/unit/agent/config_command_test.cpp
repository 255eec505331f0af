#include "agent/config_command.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/unit/source_folder.h"
#include "tests/unit/temp_folder.h"

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

TEST(CheckCommand, SaysWhoIsNotified) {
  const CommandLine line = Check(Fixture("notify.yaml"));
  const std::string text = DescribeConfig(line, LoadConfigFor(line));
  EXPECT_TRUE(text.ends_with("  notifications: 3 receivers, 4 routes\n  heartbeat: every 1m\n"))
      << text;
  const CommandLine none = Check(Fixture("full.yaml"));
  EXPECT_TRUE(DescribeConfig(none, LoadConfigFor(none))
                  .ends_with("  notifications: none configured; alerts are logged\n"));
}

// Files are looked for beside the configuration, by those verbs only that notify.
TEST(CheckCommand, LooksForTheFilesOfSecrets) {
  const TempFolder folder;
  const std::string path = folder.path() / "ecsward.yml";
  std::ofstream(path) << "alerting:\n"
                         "  route: {receiver: ops}\n"
                         "  receivers:\n"
                         "  - {name: ops, webhook_configs: [{url_file: ops.url}]}\n";
  CommandLine line = Check(path);
  EXPECT_EQ(LoadConfigFor(line).problems,
            std::vector<std::string>{path +
                                     ":4:46: alerting.receivers[0].webhook_configs[0]."
                                     "url_file: " +
                                     (folder.path() / "ops.url").string() +
                                     ": No such file or directory"});
  line.verb = Verb::kMetrics;
  EXPECT_TRUE(LoadConfigFor(line).problems.empty());
  line.verb = Verb::kRun;
  std::ofstream(folder.path() / "ops.url") << "https://example.test/?token=1\n";
  const LoadedConfig loaded = LoadConfigFor(line);
  EXPECT_TRUE(loaded.problems.empty());
  EXPECT_EQ(loaded.config.notify.receivers.at(0).channels.at(0).settings.SecretOf("url").Reveal(),
            "https://example.test/?token=1");
}

TEST(CheckCommand, SaysEveryProblemOfABadFile) {
  const CommandLine line = Check(Fixture("all_at_once.bad.yaml"));
  const LoadedConfig loaded = LoadConfigFor(line);
  EXPECT_EQ(loaded.problems.size(), 6u);
  const std::string text = DescribeConfig(line, loaded);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6) << text;
  EXPECT_TRUE(text.starts_with(line.config_path + ":8:13: collect.interval: want")) << text;
}

TEST(CheckCommand, SaysWhatTheEndpointFindsWrongWithItsPlace) {
  const CommandLine line = Check(Fixture("endpoint.yaml"));
  std::string want;
  for (const char* problem : {
           ":4:13: collect.interval: want a duration such as \"15s\", got \"15\"",
           ":9:9: exporters.prometheus.listen[1]: want an address and a port such as "
           "\"0.0.0.0:9100\" or \"[::]:9100\", got \"nowhere\"",
           ":10:9: exporters.prometheus.listen[2]: 127.0.0.1:9100 stands twice",
           ":11:30: exporters.prometheus.allow_from[1]: want a length from 0 to 32 behind the "
           "slash, got \"10.0.0.0/99\"",
           ":12:22: exporters.prometheus.web_config_file: /nowhere/web.yml: No such file or "
           "directory",
       }) {
    want += line.config_path + problem + "\n";
  }
  EXPECT_EQ(DescribeConfig(line, LoadConfigFor(line)), want);
}

TEST(CheckCommand, BlamesFlagsForWhatTheyStandOver) {
  CommandLine line = Check(Fixture("endpoint.yaml"));
  line.overrides.listen = {"127.0.0.1:0", "nowhere"};
  line.overrides.web_config_file = "/nowhere/flag.yml";
  const std::string text = DescribeConfig(line, LoadConfigFor(line));
  EXPECT_NE(text.find("command line: --web.listen-address: "), std::string::npos) << text;
  EXPECT_NE(text.find("command line: --web.config.file: /nowhere/flag.yml: No such file"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("prometheus.listen"), std::string::npos) << text;
  EXPECT_EQ(text.find("web_config_file"), std::string::npos) << text;
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
