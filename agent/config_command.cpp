#include "agent/config_command.h"

#include <fmt/format.h>

#include "agent/config_parse.h"
#include "agent/units.h"

namespace ecsward {
namespace {

// Keys, and the flags that stand over them.
constexpr std::string_view kListenKey = "exporters.prometheus.listen";
constexpr std::string_view kListenFlag = "--web.listen-address";
constexpr std::string_view kWebConfigKey = "exporters.prometheus.web_config_file";
constexpr std::string_view kWebConfigFlag = "--web.config.file";

// What a flag has said is not to be looked for in the file.
std::vector<std::string> CheckPrometheus(const Config& config, const Overrides& flags) {
  std::vector<std::string> problems = CheckPrometheusOptions(config.prometheus);
  for (std::string& problem : problems) {
    const std::string_view key = std::string_view(problem).substr(0, problem.find_first_of("[:"));
    if (key == kListenKey && !flags.listen.empty()) {
      problem.replace(0, problem.find(": "), kListenFlag);
    } else if (key == kWebConfigKey && flags.web_config_file) {
      problem.replace(0, key.size(), kWebConfigFlag);
    }
  }
  return problems;
}

// Where relative names in the file begin.
std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

std::size_t CountRoutes(const notify::Route& route) {
  std::size_t count = 1;
  for (const notify::Route& child : route.routes) count += CountRoutes(child);
  return count;
}

std::string DescribeNotify(const notify::RoutingConfig& config) {
  std::string text;
  if (config.route) {
    const std::size_t routes = CountRoutes(*config.route);
    text = fmt::format("  notifications: {} receiver{}, {} route{}\n", config.receivers.size(),
                       config.receivers.size() == 1 ? "" : "s", routes, routes == 1 ? "" : "s");
  } else {
    text = "  notifications: none configured; alerts are logged\n";
  }
  if (!config.heartbeat.url.empty()) {
    text += fmt::format("  heartbeat: every {}\n", FormatDuration(config.heartbeat.interval));
  }
  return text;
}

}  // namespace

LoadedConfig LoadConfigFor(const CommandLine& line) {
  LoadedConfig loaded;
  const auto flags = [&line](Config& config) { Apply(line.overrides, config); };
  const bool with_rules = line.verb == Verb::kRun || line.verb == Verb::kCheck;
  const auto check = [&](const Config& config) {
    std::vector<std::string> problems = CheckPrometheus(config, line.overrides);
    if (with_rules) {
      loaded.rules = LoadRules(config.alerting, line.config_path);
      const auto& more = loaded.rules.config_problems;
      problems.insert(problems.end(), more.begin(), more.end());
    }
    return problems;
  };
  // Other verbs may be anybody's, who need not be able to read secrets.
  const notify::HostConfigFiles files(FolderOf(line.config_path));
  auto parsed =
      LoadConfig(line.config_path, line.config_given, flags, check, with_rules ? &files : nullptr);
  if (!parsed) {
    loaded.problems.push_back(parsed.error().message);
    return loaded;
  }
  for (const ConfigProblem& problem : parsed->problems) {
    // Without a file it is the flags that are wrong.
    const bool from_flags = parsed->no_file || problem.key.starts_with("--");
    loaded.problems.push_back(
        ToString(problem, from_flags ? std::string_view("command line") : line.config_path));
  }
  const auto& more = loaded.rules.rule_problems;
  loaded.problems.insert(loaded.problems.end(), more.begin(), more.end());
  loaded.config = std::move(parsed->config);
  loaded.no_file = parsed->no_file;
  return loaded;
}

std::string DescribeConfig(const CommandLine& line, const LoadedConfig& loaded) {
  std::string text;
  for (const std::string& problem : loaded.problems) text += problem + "\n";
  for (const std::string& warning : loaded.rules.rule_warnings) {
    text += warning + " (only a warning)\n";
  }
  if (!loaded.problems.empty()) return text;

  const Config& config = loaded.config;
  const auto collectors = SelectCollectors(config.collect);
  text += line.config_path + (loaded.no_file ? ": ok (not there: all defaults)\n" : ": ok\n");
  text += fmt::format("  every {}: {} of {} collectors\n", FormatDuration(config.collect.interval),
                      collectors.size(), AllCollectors().size());
  std::string listen;
  for (const std::string& address : config.prometheus.listen) {
    listen.append(listen.empty() ? "" : ", ").append(address);
  }
  text += fmt::format("  Prometheus endpoint: {}\n", listen.empty() ? "none" : listen);
  if (!config.prometheus.web_config_file.empty()) {
    text += fmt::format("  TLS and users: {}\n", config.prometheus.web_config_file);
  }
  std::size_t rules = 0;
  for (const RuleGroup& group : loaded.rules.groups) rules += group.rules.size();
  text += fmt::format("  rules: {} in {} groups of {} files\n", rules, loaded.rules.groups.size(),
                      loaded.rules.files);
  text += DescribeNotify(config.notify);
  return text;
}

}  // namespace ecsward
