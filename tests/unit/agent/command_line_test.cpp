#include "agent/command_line.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace ecsward {
namespace {

ParsedCommandLine Parse(std::initializer_list<const char*> arguments) {
  std::vector<const char*> argv{"ecsward"};
  argv.insert(argv.end(), arguments);
  return ParseCommandLine(static_cast<int>(argv.size()), argv.data());
}

TEST(CommandLine, RunTakesNodeExportersFlags) {
  const auto parsed =
      Parse({"run", "--path.procfs=/host/proc", "--path.udev.data", "/host/udev",
             "--web.listen-address=127.0.0.1:0", "--web.listen-address=[::1]:0",
             "--web.config.file=/web.yml", "--no-collector.loadavg", "--collector.disable-defaults",
             "--collector.time", "--log.level=debug"});
  ASSERT_TRUE(parsed.command) << parsed.text;
  EXPECT_EQ(parsed.command->verb, Verb::kRun);
  EXPECT_FALSE(parsed.command->config_given);
  Config config;
  Apply(parsed.command->overrides, config);
  EXPECT_EQ(config.paths.procfs, "/host/proc");
  EXPECT_EQ(config.paths.udev_data, "/host/udev");
  EXPECT_EQ(config.prometheus.listen, (std::vector<std::string>{"127.0.0.1:0", "[::1]:0"}));
  EXPECT_EQ(config.prometheus.web_config_file, "/web.yml");
  EXPECT_EQ(config.log_level, LogLevel::kDebug);
  const auto selected = SelectCollectors(config.collect);
  ASSERT_EQ(selected.size(), 1u);
  EXPECT_EQ(selected[0].spec->name, "time");
}

TEST(CommandLine, MisuseIsExitCodeTwoWithAHint) {
  for (const auto& parsed : {Parse({}), Parse({"bogus"}), Parse({"run", "--nope"}),
                             Parse({"run", "--log.level=loud"}), Parse({"run", "extra"}),
                             Parse({"run", "--collector.lodavg"}), Parse({"run", "--config"})}) {
    EXPECT_FALSE(parsed.command);
    EXPECT_EQ(parsed.exit_code, 2);
    EXPECT_NE(parsed.text.find("Try 'ecsward --help'"), std::string::npos) << parsed.text;
  }
  EXPECT_NE(Parse({"run", "--collector.lodavg"}).text.find("did you mean \"loadavg\"?"),
            std::string::npos);
}

TEST(CommandLine, TakesWhatIsAskedOfTheDaemon) {
  const auto query = Parse({"query", "up == 1", "--range", "1h", "--step=1m", "--json"});
  ASSERT_TRUE(query.command) << query.text;
  EXPECT_EQ(query.command->verb, Verb::kQuery);
  EXPECT_EQ(query.command->ask.expression, "up == 1");
  EXPECT_EQ(query.command->ask.range, "1h");
  EXPECT_EQ(query.command->ask.step, "1m");
  EXPECT_TRUE(query.command->ask.json);
  // An expression may begin with a minus.
  EXPECT_EQ(Parse({"query", "--", "-node_load1"}).command->ask.expression, "-node_load1");

  const auto alerts = Parse({"alerts", "--config=/x.yml", "--socket=/x.sock"});
  ASSERT_TRUE(alerts.command) << alerts.text;
  EXPECT_EQ(alerts.command->verb, Verb::kAlerts);
  EXPECT_TRUE(alerts.command->config_given);
  EXPECT_EQ(alerts.command->ask.socket, "/x.sock");

  const auto test = Parse({"test", "rules", "a.yml", "b.yml"});
  ASSERT_TRUE(test.command) << test.text;
  EXPECT_EQ(test.command->verb, Verb::kTestRules);
  EXPECT_EQ(test.command->ask.files, (std::vector<std::string>{"a.yml", "b.yml"}));

  EXPECT_EQ(Parse({"backtest", "a.yml"}).command->verb, Verb::kBacktest);
  for (const auto& misuse :
       {Parse({"query"}), Parse({"query", "up", "--at=1", "--range=1h"}), Parse({"test"}),
        Parse({"query", "up", "--step=1m"}), Parse({"query", "up", "--start=1", "--range=1h"}),
        Parse({"backtest"}), Parse({"test", "rules"})}) {
    EXPECT_EQ(misuse.exit_code, 2);
  }
  for (const auto& help : {Parse({"query", "--help"}), Parse({"backtest", "--help"}),
                           Parse({"alerts", "--help"}), Parse({"test", "rules", "--help"})}) {
    EXPECT_NE(help.text.find("  ecsward "), std::string::npos) << help.text;  // an example
  }
}

TEST(CommandLine, HelpAndVersionAreExitCodeZero) {
  for (const auto& parsed :
       {Parse({"--help"}), Parse({"--version"}), Parse({"run", "--help"}), Parse({"-h"})}) {
    EXPECT_FALSE(parsed.command);
    EXPECT_EQ(parsed.exit_code, 0);
    EXPECT_FALSE(parsed.text.empty());
  }
  EXPECT_NE(Parse({"run", "--help"}).text.find("--web.listen-address"), std::string::npos);
}

TEST(CommandLine, KnowsWhetherAConfigurationWasNamed) {
  const auto parsed = Parse({"check", "--config", "/x.yml"});
  ASSERT_TRUE(parsed.command) << parsed.text;
  EXPECT_TRUE(parsed.command->config_given);
  EXPECT_EQ(parsed.command->config_path, "/x.yml");
}

TEST(TakeCollectorFlags, LeavesOtherFlagsAlone) {
  std::vector<std::string> arguments{"run", "--collector.time=false", "--config=x"};
  Overrides overrides;
  ASSERT_TRUE(TakeCollectorFlags(arguments, overrides));
  EXPECT_EQ(arguments, (std::vector<std::string>{"run", "--config=x"}));
  EXPECT_EQ(overrides.collectors.at("time").enabled, false);
}

TEST(TakeCollectorFlags, TakesNodeExportersDots) {
  std::vector<std::string> arguments{"--collector.cpu.info", "--collector.cpu.info.bugs-include=x"};
  Overrides overrides;
  ASSERT_TRUE(TakeCollectorFlags(arguments, overrides));
  EXPECT_EQ(overrides.collectors.at("cpu").options.at("info_bugs_include"), "x");
}

TEST(TakeCollectorFlags, TakesNodeExportersCapitals) {
  for (const char* flag :
       {"--collector.bcache.priorityStats", "--collector.bcache.priority-stats"}) {
    std::vector<std::string> arguments{flag};
    Overrides overrides;
    ASSERT_TRUE(TakeCollectorFlags(arguments, overrides)) << flag;
    EXPECT_EQ(overrides.collectors.at("bcache").options.at("priority_stats"), "true");
  }
}

TEST(TakeCollectorFlags, RefusesOptionsThatACollectorHasNot) {
  std::vector<std::string> arguments{"--collector.loadavg.bogus=1"};
  Overrides overrides;
  const auto ok = TakeCollectorFlags(arguments, overrides);
  ASSERT_FALSE(ok);
  EXPECT_EQ(ok.error().message, "--collector.loadavg.bogus: collector loadavg has no such option");
}

TEST(SelectOnly, TurnsOnWhatIsNamedAndNothingElse) {
  CollectConfig collect;
  ASSERT_TRUE(SelectOnly("loadavg,time", collect));
  EXPECT_EQ(SelectCollectors(collect).size(), 2u);
  ASSERT_TRUE(SelectOnly("all", collect));
  EXPECT_EQ(SelectCollectors(collect).size(), AllCollectors().size());
  const auto unknown = SelectOnly("loadavg,tme", collect);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message,
            "--collectors: no collector is called \"tme\"; did you mean \"time\"?");
}

TEST(AllCollectors, HaveEachANameOfTheirOwn) {
  for (const CollectorSpec& spec : AllCollectors()) {
    EXPECT_EQ(FindCollector(spec.name), &spec) << spec.name << " is in the table twice";
  }
}

TEST(CommandLine, SilencesHaveMatchersAReasonAndAnEnd) {
  const auto add = Parse({"silence", "add", "alertname=DiskFull", "job=~a", "--duration=2h",
                          "--comment=why", "--author=li"});
  ASSERT_TRUE(add.command) << add.text;
  EXPECT_EQ(add.command->verb, Verb::kSilenceAdd);
  EXPECT_EQ(add.command->ask.words, (std::vector<std::string>{"alertname=DiskFull", "job=~a"}));
  EXPECT_EQ(add.command->ask.range, "2h");
  EXPECT_EQ(add.command->ask.comment, "why");
  EXPECT_EQ(add.command->ask.author, "li");
  EXPECT_FALSE(Parse({"silence", "add", "a=b"}).command);  // no comment
  EXPECT_FALSE(
      Parse({"silence", "add", "a=b", "--comment=c", "--duration=1h", "--end=1700000000"}).command);
  EXPECT_TRUE(Parse({"silence", "add", "a=b", "--comment=c", "--start=1700000000", "--duration=1h"})
                  .command);
  const auto list = Parse({"silence", "list", "--expired"});
  ASSERT_TRUE(list.command);
  EXPECT_EQ(list.command->verb, Verb::kSilenceList);
  EXPECT_TRUE(list.command->ask.expired);
  EXPECT_EQ(Parse({"silence", "expire", "x"}).command->verb, Verb::kSilenceExpire);
}

TEST(CommandLine, TestsOfNotificationsSayWhatTheyAreAbout) {
  const auto drill = Parse({"test", "notification", "--receiver", "ops", "--config=/x.yml"});
  ASSERT_TRUE(drill.command) << drill.text;
  EXPECT_EQ(drill.command->verb, Verb::kTestNotification);
  EXPECT_EQ(drill.command->ask.receiver, "ops");
  EXPECT_TRUE(drill.command->config_given);
  EXPECT_FALSE(Parse({"test", "notification"}).command);
  const auto route = Parse({"test", "route", "--label", "a=b", "--label", "c=d"});
  ASSERT_TRUE(route.command) << route.text;
  EXPECT_EQ(route.command->verb, Verb::kTestRoute);
  EXPECT_EQ(route.command->ask.words, (std::vector<std::string>{"a=b", "c=d"}));
  EXPECT_EQ(Parse({"notifications", "--json"}).command->verb, Verb::kNotifications);
}

}  // namespace
}  // namespace ecsward
