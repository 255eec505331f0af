// What we write down about the program is what the program is: conf/ecsward.yml, docs/ and the
// tables of the READMEs are compared with the tables in the code. Parts between "--- … ---" or
// "<!-- … -->" marks are written by this test: ECSWARD_UPDATE_GOLDEN=1 ctest -R Docs, or ./dev
// docs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "agent/config_keys.h"
#include "agent/config_parse.h"
#include "agent/notify_metrics.h"
#include "agent/units.h"
#include "tests/unit/collectors/fixture_machine.h"
#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;

fs::path Source(std::string_view file) { return SourceFolder() / file; }

std::string Slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {(std::istreambuf_iterator<char>(file)), {}};
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The lines between the one with `begin` and the one with `end` are `want`; or become it.
void CheckPart(std::string_view file, std::string_view begin, std::string_view end,
               const std::string& want) {
  const std::string text = Slurp(Source(file));
  auto from = text.find(begin);
  ASSERT_NE(from, std::string::npos) << file << " has no \"" << begin << "\"";
  from = text.find('\n', from) + 1;
  auto to = text.find(end, from);
  ASSERT_NE(to, std::string::npos) << file << " has no \"" << end << "\"";
  to = text.rfind('\n', to) + 1;
  if (std::getenv("ECSWARD_UPDATE_GOLDEN") != nullptr) {
    const std::string whole = text.substr(0, from) + want + text.substr(to);
    std::ofstream(Source(file), std::ios::binary) << whole;
    return;
  }
  EXPECT_EQ(text.substr(from, to - from), want) << file << ": run ./dev docs and look at the diff";
}

// As it stands in YAML.
std::string Yaml(const OptionSpec& option) {
  if (option.kind == OptionKind::kBool || option.kind == OptionKind::kInt) {
    return std::string(option.default_value);
  }
  std::string quoted = "'";
  for (const char c : option.default_value) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

std::string DefaultInterval(const CollectorSpec& spec) {
  return spec.interval.count() == 0 ? FormatDuration(CollectConfig().interval)
                                    : FormatDuration(spec.interval);
}

std::string CollectorsOfConfFile() {
  std::string text;
  for (const CollectorSpec& spec : AllCollectors()) {
    text.append("    ").append(spec.name).append(":\n");
    text.append("      #enabled: ").append(spec.default_on ? "true\n" : "false\n");
    text.append("      #interval: ").append(DefaultInterval(spec)).append("\n");
    for (const OptionSpec& option : spec.options) {
      text.append("      # ").append(option.help).append("\n");
      text.append("      #").append(option.name).append(": ").append(Yaml(option)).append("\n");
    }
  }
  return text;
}

struct ConfLine {
  std::size_t indent = 0;
  std::string rest;        // without "#" or "##"
  std::size_t hashes = 0;  // 1: a default; 2: an example
};

// A "#" right before a word hides a setting; with a blank behind it, it is for people.
ConfLine TakeApart(const std::string& line) {
  ConfLine out;
  out.indent = std::min(line.find_first_not_of(' '), line.size());
  out.rest = line.substr(out.indent);
  const std::size_t hashes = std::min(out.rest.find_first_not_of('#'), out.rest.size());
  if (hashes > 0 && hashes < out.rest.size() && out.rest[hashes] != ' ') {
    out.hashes = hashes;
    out.rest.erase(0, hashes);
  }
  return out;
}

std::string Uncommented(const std::string& conf) {
  std::string text;
  for (const std::string& line : Lines(conf)) {
    const ConfLine parts = TakeApart(line);
    text.append(parts.hashes == 1 ? std::string(parts.indent, ' ') + parts.rest : line) += '\n';
  }
  return text;
}

// The paths of all settings that the file shows, live, hidden or as an example.
std::set<std::string> ShownKeys(const std::string& conf) {
  std::set<std::string> shown;
  std::vector<std::pair<std::size_t, std::string>> above;  // indentation, path
  for (const std::string& line : Lines(conf)) {
    const ConfLine parts = TakeApart(line);
    const auto colon = parts.rest.find(':');
    if (parts.rest.empty() || parts.rest[0] == '#' || colon == std::string::npos) continue;
    while (!above.empty() && above.back().first >= parts.indent) above.pop_back();
    std::string path = above.empty() ? "" : above.back().second + ".";
    path += parts.rest.substr(0, colon);
    shown.insert(path);
    above.emplace_back(parts.indent, path);
  }
  return shown;
}

std::string Problems(const ParsedConfig& parsed) {
  std::string all;
  for (const ConfigProblem& problem : parsed.problems) all += ToString(problem, "conf") + "\n";
  return all;
}

void ExpectDefaults(const Config& config) {
  const Config defaults;
  EXPECT_EQ(config.collect.interval, defaults.collect.interval);
  EXPECT_EQ(config.prometheus.listen, defaults.prometheus.listen);
  EXPECT_EQ(config.prometheus.allow_from, defaults.prometheus.allow_from);
  EXPECT_EQ(config.prometheus.web_config_file, defaults.prometheus.web_config_file);
  EXPECT_EQ(config.prometheus.max_connections, defaults.prometheus.max_connections);
  EXPECT_EQ(config.prometheus.header_timeout, defaults.prometheus.header_timeout);
  EXPECT_EQ(config.prometheus.idle_timeout, defaults.prometheus.idle_timeout);
  EXPECT_EQ(config.prometheus.write_timeout, defaults.prometheus.write_timeout);
  AlertingConfig alerting = config.alerting;
  EXPECT_EQ(TargetLabelsOf(alerting, "h"), TargetLabelsOf(defaults.alerting, "h"));
  alerting.target_labels.clear();  // the file shows the job, which goes without saying
  EXPECT_EQ(alerting, defaults.alerting);
  EXPECT_FALSE(config.notify.route);
  EXPECT_EQ(config.control_socket, defaults.control_socket);
  EXPECT_EQ(config.governor, defaults.governor);
  EXPECT_EQ(config.state_directory, defaults.state_directory);
  EXPECT_EQ(config.log_level, defaults.log_level);
  EXPECT_EQ(config.paths.procfs, defaults.paths.procfs);
  EXPECT_EQ(config.paths.sysfs, defaults.paths.sysfs);
  EXPECT_EQ(config.paths.rootfs, defaults.paths.rootfs);
  EXPECT_EQ(config.paths.udev_data, defaults.paths.udev_data);

  const auto want = SelectCollectors(defaults.collect), got = SelectCollectors(config.collect);
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i].spec, want[i].spec);
    for (const OptionSpec& option : want[i].spec->options) {
      EXPECT_EQ(got[i].options.String(option.name), option.default_value)
          << want[i].spec->name << "." << option.name;
    }
  }
}

TEST(DocsConfFile, ShowsEveryCollector) {
  CheckPart("conf/ecsward.yml", "--- collectors", "--- end of collectors", CollectorsOfConfFile());
}

TEST(DocsConfFile, ChangesNothingAsItIsInstalled) {
  const ParsedConfig parsed = ParseConfig(Slurp(Source("conf/ecsward.yml")));
  EXPECT_EQ(Problems(parsed), "");
  ExpectDefaults(parsed.config);
}

TEST(DocsConfFile, ShowsTheDefaults) {
  const ParsedConfig parsed = ParseConfig(Uncommented(Slurp(Source("conf/ecsward.yml"))));
  EXPECT_EQ(Problems(parsed), "");
  ExpectDefaults(parsed.config);
}

// Also what would not be the default: "##".
TEST(DocsConfFile, ShowsExamplesThatAreRight) {
  std::string text;
  for (const std::string& line : Lines(Slurp(Source("conf/ecsward.yml")))) {
    const ConfLine parts = TakeApart(line);
    text += parts.hashes > 0 ? std::string(parts.indent, ' ') + parts.rest + "\n" : line + "\n";
  }
  const ParsedConfig parsed = ParseConfig(text);
  EXPECT_EQ(Problems(parsed), "");
  ASSERT_TRUE(parsed.config.notify.route);
  EXPECT_EQ(parsed.config.notify.route->routes.size(), 2u);
  EXPECT_EQ(parsed.config.notify.receivers.size(), 2u);
}

TEST(DocsConfFile, ShowsEveryKey) {
  const auto shown = ShownKeys(Slurp(Source("conf/ecsward.yml")));
  for (const ConfigKey& key : AllConfigKeys()) EXPECT_TRUE(shown.contains(key.path)) << key.path;
}

// "|" ends a table's cell, also between backquotes.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) cell.append(c == '|' ? "\\" : "") += c;
  return cell;
}

std::string Code(std::string_view text) { return text.empty() ? "" : "`" + Cell(text) + "`"; }

TEST(DocsConfiguration, ListsTheKeys) {
  std::string table = "| Key | Meaning |\n| --- | --- |\n";
  for (const ConfigKey& key : AllConfigKeys()) {
    if (key.path.starts_with("collect.collectors.")) continue;
    table.append("| " + Code(key.path) + " | " + Cell(key.help) + " |\n");
  }
  CheckPart("docs/configuration.md", "<!-- keys -->", "<!-- end of keys -->", table);
}

TEST(DocsConfiguration, ListsTheSettingsOfCollectors) {
  std::string table = "| Collector | Setting | Default | Meaning |\n| --- | --- | --- | --- |\n";
  for (const CollectorSpec& spec : AllCollectors()) {
    for (const OptionSpec& option : spec.options) {
      table.append("| " + Code(spec.name) + " | " + Code(option.name) + " | ")
          .append(Code(option.default_value) + " | " + Cell(option.help) + " |\n");
    }
  }
  CheckPart("docs/configuration.md", "<!-- settings -->", "<!-- end of settings -->", table);
}

std::string_view KindText(notify::OptionKind kind) {
  switch (kind) {
    case notify::OptionKind::kText:
      return "text";
    case notify::OptionKind::kTemplate:
      return "template";
    case notify::OptionKind::kSecret:
    case notify::OptionKind::kSecretUrl:
      return "secret";
    case notify::OptionKind::kUrl:
      return "URL";
    case notify::OptionKind::kBool:
      return "true or false";
    case notify::OptionKind::kInteger:
      return "number";
    case notify::OptionKind::kDuration:
      return "duration";
    case notify::OptionKind::kList:
      return "list";
    case notify::OptionKind::kMap:
      return "names and texts";
    case notify::OptionKind::kTemplateMap:
      return "names and templates";
  }
  return "";
}

TEST(DocsNotifications, ListsTheSettingsOfChannels) {
  std::string text;
  for (const notify::ChannelSpec& spec : notify::AllChannels()) {
    text += fmt::format("### `{}_configs`\n\n{}", spec.kind, Cell(spec.help));
    if (spec.limits.messages > 0) {
      text += fmt::format(" At most {} messages in {} s unless `rate_limit` says otherwise.",
                          spec.limits.messages, spec.limits.window.count() / 1000);
    }
    text += "\n\n| Key | Kind | Default | Meaning |\n| --- | --- | --- | --- |\n";
    for (const notify::ChannelOption& option : spec.options) {
      text += "| " + Code(option.name) + " | " + std::string(KindText(option.kind)) + " | " +
              (option.required ? "**required**" : Code(option.fallback)) + " | " +
              Cell(option.help) + " |\n";
    }
    text += "\n";
  }
  CheckPart("docs/notifications.md", "<!-- channels -->", "<!-- end of channels -->", text);
}

TEST(DocsMetrics, ListsWhatTheNotifierReports) {
  std::string table = "| Name | Type | Labels | Meaning |\n| --- | --- | --- | --- |\n";
  for (const Metric* metric : NotifyMetricsList()) {
    table.append("| " + Code(metric->name) + " | " + std::string(ToString(metric->type)) + " | ")
        .append(std::string(metric->labels) + " | " + Cell(metric->help) + " |\n");
  }
  CheckPart("docs/metrics.md", "<!-- notify -->", "<!-- end of notify -->", table);
}

// All metrics that some fixture machine shows.
TEST(DocsMetrics, ListsWhatCollectorsReport) {
  std::map<std::string, std::string> rows;  // by the metric's name
  for (const CollectorSpec& spec : AllCollectors()) {
    for (const fs::path& machine : FixtureMachines()) {
      const MachineScrape scrape(spec, machine);
      for (const SeriesSet::Series& series : scrape.set().series()) {
        if (series.metric == nullptr) continue;
        const Metric& metric = *series.metric;
        rows[std::string(metric.name)] =
            "| " + Code(metric.name) + " | " + std::string(ToString(metric.type)) + " | " +
            std::string(metric.labels) + " | " + std::string(spec.name) + " | " +
            Cell(metric.help) + " |\n";
      }
    }
  }
  std::string table =
      "| Name | Type | Labels | Collector | Meaning |\n| --- | --- | --- | --- | --- |\n";
  for (const auto& [name, row] : rows) table += row;
  CheckPart("docs/metrics.md", "<!-- metrics -->", "<!-- end of metrics -->", table);
}

// The rows "| `cpu` | … | on |" are those of the code's table, in any order.
void CheckCollectorTable(std::string_view file, std::string_view on, std::string_view off) {
  std::set<std::string> want, got;
  for (const CollectorSpec& spec : AllCollectors()) {
    want.insert(std::string(spec.name).append(" ").append(spec.default_on ? on : off));
  }
  for (const std::string& line : Lines(Slurp(Source(file)))) {
    if (!line.starts_with("| `")) continue;
    const auto last = line.rfind("| ", line.size() - 3) + 2;
    const std::string by_default = line.substr(last, line.size() - 2 - last);
    if (by_default != on && by_default != off) continue;  // another table
    got.insert(line.substr(3, line.find('`', 3) - 3) + " " + by_default);
  }
  EXPECT_EQ(got, want) << file;
}

TEST(DocsReadme, HasARowForEveryCollector) {
  CheckCollectorTable("README.md", "on", "off");
  CheckCollectorTable("README.zh-CN.md", "开", "关");
}

}  // namespace
}  // namespace ecsward
