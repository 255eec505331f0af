// The configuration's parser. tests/fixtures/config/*.bad.yaml each begin with the problems that
// they have, a line each: "# want: LINE:COLUMN: key: message".
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "agent/config_keys.h"
#include "agent/config_parse.h"
#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), {}};
}

std::string Problems(const ParsedConfig& parsed) {
  std::string all;
  for (const ConfigProblem& problem : parsed.problems) all += ToString(problem, "c") + "\n";
  return all;
}

TEST(ConfigFixtures, EachBadFileSaysAllThatIsWrongAndWhere) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(SourceFolder() / "tests/fixtures/config")) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".bad.yaml")) continue;
    ++files;
    const std::string text = Slurp(entry.path());
    std::string want;
    constexpr std::string_view kWant = "# want: ";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line) && line.starts_with(kWant);) {
      want += "c:" + line.substr(kWant.size()) + "\n";
    }
    EXPECT_EQ(Problems(ParseConfig(text)), want) << name;
  }
  EXPECT_GT(files, 5);
}

TEST(ParseConfig, TakesEverySection) {
  const auto parsed = ParseConfig(Slurp(SourceFolder() / "tests/fixtures/config/full.yaml"));
  ASSERT_EQ(Problems(parsed), "");
  const Config& c = parsed.config;
  EXPECT_EQ(c.collect.interval, std::chrono::seconds(1));
  EXPECT_EQ(c.collect.collectors.at("loadavg").interval, std::chrono::seconds(5));
  EXPECT_EQ(c.collect.collectors.at("time").enabled, false);
  EXPECT_EQ(c.prometheus.listen, (std::vector<std::string>{"127.0.0.1:9100", "[::1]:9100"}));
  EXPECT_EQ(c.prometheus.allow_from, std::vector<std::string>{"10.0.0.0/8"});
  EXPECT_EQ(c.prometheus.max_connections, 64u);
  EXPECT_EQ(c.prometheus.idle_timeout, std::chrono::minutes(5));
  EXPECT_DOUBLE_EQ(c.governor.max_cpu_percent, 2.5);
  EXPECT_EQ(c.governor.max_memory_bytes, std::uint64_t{48} << 20);
  EXPECT_EQ(c.log_level, LogLevel::kWarn);
  EXPECT_EQ(c.paths.udev_data, "/host/run/udev/data");
  EXPECT_EQ(c.alerting.evaluation_interval, std::chrono::seconds(5));
  EXPECT_EQ(c.alerting.language, "en");
  EXPECT_EQ(c.alerting.rule_files, (std::vector<std::string>{"stock", "rules/*.yml"}));
  EXPECT_EQ(c.alerting.lookback_delta, std::chrono::minutes(1));
  EXPECT_EQ(c.alerting.max_samples, 1000u);
  EXPECT_EQ(c.alerting.for_outage_tolerance, std::chrono::hours(2));
  EXPECT_EQ(c.alerting.for_grace_period, std::chrono::seconds(10));
  EXPECT_EQ(c.alerting.external_url, "https://example.test/alerts");
  EXPECT_EQ(c.control_socket, "/run/ecsward/control.sock");
  EXPECT_EQ(ToString(ExternalLabelsOf(c.alerting, "web-1")),
            R"({hostname="web-1", instance_id="i-1", region="cn-hangzhou"})");
  EXPECT_EQ(ToString(TargetLabelsOf(c.alerting, "web-1")), R"({job="linux"})");
}

TEST(ParseConfig, TakesLabelsWhoseNamesAreLabels) {
  EXPECT_EQ(Problems(ParseConfig("alerting:\n"
                                 "  external_labels: {region: a, 1st: b, __x: c, region: d}\n"
                                 "  target_labels: [a]\n")),
            "c:2:32: alerting.external_labels: \"1st\" is not a label name\n"
            "c:2:40: alerting.external_labels: \"__x\" is not a label name\n"
            "c:2:48: alerting.external_labels: \"region\" stands here twice\n"
            "c:3:18: alerting.target_labels: want names and values, got a list\n");
}

TEST(ParseConfig, TakesNotificationsFromAmongTheAlertingKeys) {
  const auto parsed = ParseConfig(Slurp(SourceFolder() / "tests/fixtures/config/notify.yaml"));
  ASSERT_EQ(Problems(parsed), "");
  const notify::RoutingConfig& notify = parsed.config.notify;
  ASSERT_TRUE(notify.route);
  EXPECT_EQ(notify.route->receiver, "ops");
  EXPECT_EQ(notify.receivers.size(), 3u);
  EXPECT_EQ(notify.resolve_timeout, std::chrono::minutes(10));
  EXPECT_EQ(notify.language, "en");
  EXPECT_EQ(notify.external_url, "https://example.test/alerts");
  EXPECT_TRUE(notify.time_intervals.contains("nights"));
}

TEST(ParseConfig, NotifiesNobodyUnlessToldTo) {
  const Config config = ParseConfig("alerting: {evaluation_interval: 5s}\n").config;
  EXPECT_FALSE(config.notify.route);
  EXPECT_TRUE(config.notify.heartbeat.url.empty());
  EXPECT_EQ(config.notify.language, "zh");
}

TEST(AlertingConfig, KnowsTheHostWithoutBeingTold) {
  const AlertingConfig alerting;
  EXPECT_EQ(ToString(ExternalLabelsOf(alerting, "web-1")), R"({hostname="web-1"})");
  EXPECT_EQ(ToString(TargetLabelsOf(alerting, "web-1")), R"({instance="web-1", job="node"})");
}

TEST(ControlSocketPath, IsInTheServicesDirectoryOrBesideTheState) {
  Config config;
  config.state_directory = "/state";
  EXPECT_EQ(ControlSocketPath(config, nullptr), "/state/control.sock");
  EXPECT_EQ(ControlSocketPath(config, "/run/a:/run/b"), "/run/a/control.sock");
  config.control_socket = "/x.sock";
  EXPECT_EQ(ControlSocketPath(config, "/run/a"), "/x.sock");
}

TEST(ParseConfig, WorksEmpty) {
  for (const char* text :
       {"", "\n", "# only a comment\n", "---\n", "collect:\nexporters:\n", "{}"}) {
    const auto parsed = ParseConfig(text);
    EXPECT_EQ(Problems(parsed), "") << text;
    EXPECT_EQ(parsed.config.prometheus.listen, std::vector<std::string>{"0.0.0.0:9100"});
  }
}

TEST(ParseConfig, FollowsAliases) {
  const auto parsed =
      ParseConfig("collect:\n  collectors:\n    loadavg: &slow {interval: 30s}\n    time: *slow\n");
  ASSERT_EQ(Problems(parsed), "");
  EXPECT_EQ(parsed.config.collect.collectors.at("time").interval, std::chrono::seconds(30));
}

TEST(ParseConfig, RefusesEndlessFiles) {
  EXPECT_EQ(Problems(ParseConfig(std::string(kMaxConfigBytes + 1, '#'))),
            "c: longer than a configuration may be, 1 MiB\n");
}

TEST(ParseConfig, SurvivesDeepNesting) {
  EXPECT_FALSE(ParseConfig(std::string(100'000, '[')).problems.empty());
  EXPECT_FALSE(ParseConfig(std::string(100'000, '{')).problems.empty());
}

TEST(ParseConfig, LetsFlagsStandOverTheFile) {
  const auto parsed = ParseConfig("collect: {interval: 10s}\n",
                                  [](Config& c) { c.collect.interval = std::chrono::seconds(2); });
  EXPECT_EQ(parsed.config.collect.interval, std::chrono::seconds(2));
}

TEST(ParseConfig, PlacesWhatOthersFoundWrong) {
  const auto parsed =
      ParseConfig("exporters:\n  prometheus:\n    listen: nowhere\n", {}, [](const Config&) {
        return std::vector<std::string>{"exporters.prometheus.listen: not an address"};
      });
  EXPECT_EQ(Problems(parsed), "c:3:13: exporters.prometheus.listen: not an address\n");
}

TEST(ParseConfig, PlacesItemsOfAList) {
  const auto parsed =
      ParseConfig("exporters:\n  prometheus:\n    listen: [a, b]\n", {}, [](const Config&) {
        return std::vector<std::string>{"exporters.prometheus.listen[1]: not an address"};
      });
  EXPECT_EQ(Problems(parsed), "c:3:17: exporters.prometheus.listen[1]: not an address\n");
}

TEST(ParseConfig, PlacesWhatOthersFoundBesideItsOwn) {
  const auto parsed = ParseConfig(
      "collect: {interval: 15}\nexporters: {prometheus: {allow_from: [a]}}\n", {},
      [](const Config&) {
        return std::vector<std::string>{"exporters.prometheus.allow_from[0]: not a network"};
      });
  EXPECT_EQ(Problems(parsed),
            "c:1:21: collect.interval: want a duration such as \"15s\", got \"15\"\n"
            "c:2:39: exporters.prometheus.allow_from[0]: not a network\n");
}

TEST(ParseConfig, SaysOneThingOnlyOfAListThatItCouldNotTake) {
  const auto parsed =
      ParseConfig("exporters: {prometheus: {listen: {a: b}}}\n", {}, [](const Config& c) {
        EXPECT_TRUE(c.prometheus.listen.empty());
        return std::vector<std::string>{"exporters.prometheus.listen: is empty"};
      });
  EXPECT_EQ(Problems(parsed),
            "c:1:34: exporters.prometheus.listen: want one value or a list of values, got keys and "
            "values\n");
}

TEST(LoadConfig, MissesOnlyARequiredFile) {
  EXPECT_TRUE(LoadConfig("/nowhere/ecsward.yml", false, {}, {}));
  const auto required = LoadConfig("/nowhere/ecsward.yml", true, {}, {});
  ASSERT_FALSE(required);
  EXPECT_EQ(required.error().message, "/nowhere/ecsward.yml: No such file or directory");
}

TEST(ConfigKeys, AreEachSaidOnce) {
  std::set<std::string> paths;
  for (const ConfigKey& key : AllConfigKeys()) {
    EXPECT_TRUE(paths.insert(key.path).second) << key.path;
    EXPECT_FALSE(key.help.empty()) << key.path;
  }
}

// "#key: value" is a default that is shown; "# Words" is a comment.
std::string Uncommented(const std::string& text) {
  static const std::regex shown(R"((^|\n)( *)#([a-z_]+:))");
  return std::regex_replace(text, shown, "$1$2$3");
}

TEST(InstalledConfig, IsValidAsItStandsAndWithEveryDefaultTakenIn) {
  const std::string text = Slurp(SourceFolder() / "conf/ecsward.yml");
  EXPECT_EQ(Problems(ParseConfig(text)), "");
  const auto parsed = ParseConfig(Uncommented(text));
  EXPECT_EQ(Problems(parsed), "");
  const Config defaults;
  const Config& c = parsed.config;
  EXPECT_EQ(c.collect.interval, defaults.collect.interval);
  EXPECT_EQ(c.prometheus.listen, defaults.prometheus.listen);
  EXPECT_EQ(std::set(c.prometheus.allow_from.begin(), c.prometheus.allow_from.end()),
            std::set(defaults.prometheus.allow_from.begin(), defaults.prometheus.allow_from.end()));
  EXPECT_EQ(c.prometheus.max_connections, defaults.prometheus.max_connections);
  EXPECT_EQ(c.prometheus.header_timeout, defaults.prometheus.header_timeout);
  EXPECT_EQ(c.prometheus.idle_timeout, defaults.prometheus.idle_timeout);
  EXPECT_EQ(c.prometheus.write_timeout, defaults.prometheus.write_timeout);
  EXPECT_EQ(c.alerting.rule_files, defaults.alerting.rule_files);
  EXPECT_EQ(c.governor, defaults.governor);
  EXPECT_EQ(c.paths, defaults.paths);
  EXPECT_EQ(c.state_directory, defaults.state_directory);
  EXPECT_EQ(c.log_level, defaults.log_level);
  for (const auto& [name, collector] : c.collect.collectors) {
    const CollectorSpec& spec = *FindCollector(name);
    EXPECT_EQ(collector.enabled, spec.default_on) << name;
    for (const OptionSpec& option : spec.options) {
      const auto it = collector.options.find(std::string(option.name));
      if (it == collector.options.end()) continue;
      EXPECT_EQ(it->second, option.default_value) << name;
    }
  }
}

TEST(SelectCollectors, TakesDefaultsUnlessToldOtherwise) {
  CollectConfig collect;
  collect.collectors["loadavg"].enabled = false;
  for (const SamplerCollector& c : SelectCollectors(collect)) {
    EXPECT_TRUE(c.spec->default_on) << c.spec->name;
    EXPECT_NE(c.spec->name, "loadavg");
  }
  collect.disable_defaults = true;
  EXPECT_TRUE(SelectCollectors(collect).empty());
  collect.collectors["loadavg"].enabled = true;
  ASSERT_EQ(SelectCollectors(collect).size(), 1u);
}

}  // namespace
}  // namespace ecsward
