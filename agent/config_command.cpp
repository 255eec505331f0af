#include "agent/config_command.h"

#include <fmt/format.h>

#include "agent/config_parse.h"
#include "agent/units.h"

namespace ecsward {
namespace {

std::vector<std::string> CheckPrometheus(const Config& config) {
  return CheckPrometheusOptions(config.prometheus);
}

}  // namespace

LoadedConfig LoadConfigFor(const CommandLine& line) {
  LoadedConfig loaded;
  const auto flags = [&line](Config& config) { Apply(line.overrides, config); };
  auto parsed = LoadConfig(line.config_path, line.config_given, flags, CheckPrometheus);
  if (!parsed) {
    loaded.problems.push_back(parsed.error().message);
    return loaded;
  }
  // Without a file it is the flags that are wrong.
  const std::string_view where =
      parsed->no_file ? std::string_view("command line") : std::string_view(line.config_path);
  for (const ConfigProblem& problem : parsed->problems) {
    loaded.problems.push_back(ToString(problem, where));
  }
  loaded.config = std::move(parsed->config);
  loaded.no_file = parsed->no_file;
  return loaded;
}

std::string DescribeConfig(const CommandLine& line, const LoadedConfig& loaded) {
  std::string text;
  for (const std::string& problem : loaded.problems) text += problem + "\n";
  if (!loaded.problems.empty()) return text;

  const Config& config = loaded.config;
  const auto collectors = SelectCollectors(config.collect);
  text = line.config_path + (loaded.no_file ? ": ok (not there: all defaults)\n" : ": ok\n");
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
  return text;
}

}  // namespace ecsward
