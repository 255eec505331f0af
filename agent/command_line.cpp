#include "agent/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "agent/notify_flags.h"
#include "agent/version.h"
#include "base/suggest.h"

namespace ecsward {
namespace {

std::vector<std::string_view> CollectorNames() {
  std::vector<std::string_view> names;
  for (const CollectorSpec& spec : AllCollectors()) names.push_back(spec.name);
  return names;
}

std::string OptionFlag(std::string_view option) {
  std::string flag(option);
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

Result<const CollectorSpec*> NamedCollector(std::string_view name) {
  if (const CollectorSpec* spec = FindCollector(name)) return spec;
  const auto names = CollectorNames();
  return Fail(ErrorCode::kInvalidArgument, std::string("no collector is called \"")
                                               .append(name)
                                               .append("\"")
                                               .append(DidYouMean(name, names)));
}

// node_exporter has a dot or a capital letter in a few flags where others have a dash:
// --collector.cpu.info.bugs-include, --collector.bcache.priorityStats.
const OptionSpec* FindOption(const CollectorSpec& spec, std::string_view flag) {
  std::string dashed;
  for (const char c : flag) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital || c == '.') dashed += '-';
    if (c != '.') dashed += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  for (const OptionSpec& option : spec.options) {
    if (OptionFlag(option.name) == dashed) return &option;
  }
  return nullptr;
}

// The names of all collectors that are on, or off, by default, as lines of at most 80 columns.
std::string CollectorList(bool on) {
  constexpr std::size_t kWidth = 80;
  std::string text, line;
  for (const CollectorSpec& spec : AllCollectors()) {
    if (spec.default_on != on) continue;
    if (line.size() + 1 + spec.name.size() > kWidth) {
      text += line + "\n";
      line.clear();
    }
    line.append(line.empty() ? "  " : " ").append(spec.name);
  }
  return text + line;
}

std::string CollectorHelp() {
  return "Collectors, as in node_exporter:\n"
         "  --[no-]collector.NAME         turn one on or off\n"
         "  --collector.NAME.OPTION=X     set one of its options (see docs/configuration.md)\n"
         "  --collector.disable-defaults  only those that a flag or the file turns on\n"
         "on by default:\n" +
         CollectorList(true) + "\noff by default:\n" + CollectorList(false);
}

// What run, check and metrics have in common.
void AddSharedFlags(CLI::App& app, CommandLine& line, std::string& log_level) {
  app.add_option("--config", line.config_path, "Configuration file")
      ->type_name("FILE")
      ->default_str(line.config_path);
  app.add_option("--log.level", log_level, "debug, info, warn or error")->type_name("LEVEL");
  Overrides& o = line.overrides;
  app.add_option("--path.procfs", o.procfs, "Where the host's /proc is")->type_name("DIR");
  app.add_option("--path.sysfs", o.sysfs, "Where the host's /sys is")->type_name("DIR");
  app.add_option("--path.rootfs", o.rootfs, "Where the host's / is")->type_name("DIR");
  app.add_option("--path.udev.data", o.udev_data, "Where the host's /run/udev/data is")
      ->type_name("DIR");
  app.footer(CollectorHelp());
}

void AddQuery(CLI::App& app, CommandLine& line) {
  AskArguments& ask = line.ask;
  AddDaemonFlags(app, line);
  app.add_option("expression", ask.expression, "PromQL, in quotes")->required();
  app.add_option("--at", ask.at, "At this time instead of now: 1700000000 or 2025-03-01T12:00:00Z")
      ->type_name("TIME");
  app.add_option("--start", ask.start, "From this time on, step by step")->type_name("TIME");
  app.add_option("--end", ask.end, "Up to this time (now)")->type_name("TIME");
  app.add_option("--range", ask.range, "So long up to --end, instead of --start: 1h")
      ->type_name("DURATION");
  app.add_option("--step", ask.step, "Between two evaluations (a 250th of the range)")
      ->type_name("DURATION");
  app.add_flag("--json", ask.json, "As Prometheus's HTTP API answers");
  app.footer(
      "The expression may read whatever the host measures now, and as much history as the rules\n"
      "keep. It is evaluated in this process: a query cannot harm the daemon.\n\n"
      "  ecsward query 'node_load1'\n"
      "  ecsward query 'rate(node_network_receive_bytes_total{device=\"eth0\"}[5m])' --at "
      "2025-03-01T12:00:00Z\n"
      "  ecsward query 'node_load1' --range 10m --step 1m --json");
}

void AddAlerts(CLI::App& app, CommandLine& line) {
  AddDaemonFlags(app, line);
  app.add_flag("--json", line.ask.json, "As Prometheus's HTTP API answers");
  app.footer(
      "Pending and firing alerts, and those that were resolved lately; who was responsible where "
      "a\n"
      "rule asks for it.\n\n"
      "  ecsward alerts\n"
      "  ecsward alerts --json | jq '.data.alerts[].labels.alertname'");
}

void AddPorts(CLI::App& app, CommandLine& line) {
  AddDaemonFlags(app, line);
  app.add_flag("--json", line.ask.json, "Everything that is known of each, as JSON");
  app.footer(
      "Every listening socket with its owner: process, user, systemd unit or container; how full "
      "its\n"
      "accept queue is; whether it is expected, allowed, or neither; and the expected ports that\n"
      "nobody listens on, with how their process ended.\n\n"
      "  ecsward ports\n"
      "  ecsward ports --json | jq '.data.listeners[] | select(.verdict == \"unexpected\")'");
}

void AddStatus(CLI::App& app, CommandLine& line) {
  AddDaemonFlags(app, line);
  app.add_flag("--json", line.ask.json, "As JSON, without the metrics");
  app.footer(
      "The host on one screen: CPU, memory, disks, network and who used them over the last "
      "minute,\n"
      "process groups, ports, firing alerts, and the agent itself.");
}

void AddBacktest(CLI::App& app, CommandLine& line) {
  AskArguments& ask = line.ask;
  AddDaemonFlags(app, line);
  app.add_option("file", ask.files, "Rule file in Prometheus's format")->required()->expected(1);
  app.add_option("--range", ask.range, "How far back (as far as the history goes)")
      ->type_name("DURATION");
  app.add_flag("--json", ask.json, "One line of JSON for each change");
  app.footer(
      "Evaluates the rules over the history that the daemon keeps and says when each alert would\n"
      "have been pending, firing and resolved. The daemon keeps what its own rules need: new "
      "rules\n"
      "that read further back see only that much.\n\n"
      "  ecsward backtest disk.yml --range 1h");
}

void AddTestRules(CLI::App& app, CommandLine& line) {
  app.add_option("files", line.ask.files, "Test files, as promtool test rules takes them")
      ->required();
  app.footer(
      "Runs unit tests of rules: the files that `promtool test rules` takes. Exit code 1 when one\n"
      "fails. It needs no daemon.\n\n"
      "  ecsward test rules tests/*.yml");
}

ParsedCommandLine Misuse(const std::string& message) {
  return {std::nullopt, "ecsward: " + message + "\nTry 'ecsward --help'.\n", 2};
}

}  // namespace

void AddDaemonFlags(CLI::App& app, CommandLine& line) {
  app.add_option("--config", line.config_path, "The daemon's configuration file")
      ->type_name("FILE")
      ->default_str(line.config_path);
  app.add_option("--socket", line.ask.socket, "Its control socket, instead of what the file says")
      ->type_name("PATH");
}

Result<void> TakeCollectorFlags(std::vector<std::string>& arguments, Overrides& overrides) {
  constexpr std::string_view kOn = "--collector.", kOff = "--no-collector.";
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool off = argument.starts_with(kOff);
    if (!off && !argument.starts_with(kOn)) {
      rest.push_back(argument);
      continue;
    }
    const auto equals = argument.find('=');
    const std::string flag = argument.substr(0, equals);
    std::string_view name = std::string_view(flag).substr(off ? kOff.size() : kOn.size());
    if (name == "disable-defaults") {
      overrides.disable_defaults = !off;
      continue;
    }
    std::string_view option_flag;
    if (const auto dot = name.find('.'); dot != std::string_view::npos) {
      option_flag = name.substr(dot + 1);
      name = name.substr(0, dot);
    }
    const auto spec = NamedCollector(name);
    if (!spec) return Error(spec.error()).Context(flag);
    CollectorConfig& collector = overrides.collectors[std::string(name)];
    if (option_flag.empty()) {
      std::string_view value = "true";
      if (equals != std::string::npos) value = std::string_view(argument).substr(equals + 1);
      if (value != "true" && value != "false") {
        return Fail(ErrorCode::kInvalidArgument, flag + ": is on or off and takes no value");
      }
      collector.enabled = (value == "true") != off;
      continue;
    }
    const OptionSpec* option = FindOption(**spec, option_flag);
    if (option == nullptr) {
      std::vector<std::string> flags;
      for (const OptionSpec& o : (*spec)->options) flags.push_back(OptionFlag(o.name));
      const std::vector<std::string_view> candidates(flags.begin(), flags.end());
      return Fail(ErrorCode::kInvalidArgument, std::string(flag)
                                                   .append(": collector ")
                                                   .append(name)
                                                   .append(" has no such option")
                                                   .append(DidYouMean(option_flag, candidates)));
    }
    std::string value;
    if (equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (option->kind == OptionKind::kBool) {
      value = "true";
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return Fail(ErrorCode::kInvalidArgument, flag + ": wants a value");
    }
    if (option->kind == OptionKind::kBool && off) value = value == "true" ? "false" : "true";
    if (auto ok = CheckOption(*option, value); !ok) return std::move(ok).error().Context(flag);
    collector.options[std::string(option->name)] = value;
  }
  arguments = std::move(rest);
  return {};
}

ParsedCommandLine ParseCommandLine(int argc, const char* const* argv) {
  CommandLine line;
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (auto ok = TakeCollectorFlags(arguments, line.overrides); !ok) {
    return Misuse(ok.error().message);
  }

  CLI::App app{"ecsward measures this host every second and serves it to Prometheus.", "ecsward"};
  app.set_version_flag("--version", std::string("ecsward ") + std::string(kVersion));
  app.require_subcommand(1);
  std::string log_level;
  CLI::App* run = app.add_subcommand("run", "Measure and serve until told to stop");
  CLI::App* check = app.add_subcommand("check", "Say what is wrong with the configuration");
  CLI::App* metrics = app.add_subcommand("metrics", "Measure once and print");
  for (CLI::App* sub : {run, check, metrics}) AddSharedFlags(*sub, line, log_level);
  for (CLI::App* sub : {run, check}) {
    sub->add_option("--web.listen-address", line.overrides.listen,
                    "Address and port to serve on; may be given several times")
        ->type_name("HOST:PORT");
    sub->add_option("--web.config.file", line.overrides.web_config_file,
                    "TLS and basic auth, a file in Prometheus's web configuration format")
        ->type_name("FILE");
  }
  CLI::App* query = app.add_subcommand("query", "Evaluate PromQL over what the daemon knows");
  AddQuery(*query, line);
  CLI::App* alerts = app.add_subcommand("alerts", "Show the daemon's alerts");
  AddAlerts(*alerts, line);
  CLI::App* ports = app.add_subcommand("ports", "Show who listens where");
  AddPorts(*ports, line);
  CLI::App* status = app.add_subcommand("status", "Show how the host is, and who uses it");
  AddStatus(*status, line);
  CLI::App* backtest =
      app.add_subcommand("backtest", "Say when the rules of a file would have fired");
  AddBacktest(*backtest, line);
  CLI::App* test = app.add_subcommand("test", "Test what the daemon is to be given");
  test->require_subcommand(1);
  CLI::App* test_rules = test->add_subcommand("rules", "Run unit tests of rules");
  AddTestRules(*test_rules, line);
  std::vector<VerbOf> verbs = AddNotifyVerbs(app, *test, line);
  metrics->add_option("--collectors", line.collectors, "Only these, between commas, or \"all\"")
      ->type_name("a,b|all");

  try {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(arguments);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out, errors;
    if (e.get_exit_code() == 0) {  // --help, --version
      app.exit(e, out, errors);
      return {std::nullopt, out.str() + errors.str(), 0};
    }
    return Misuse(e.what());
  }
  verbs.insert(verbs.end(), {{run, Verb::kRun},
                             {check, Verb::kCheck},
                             {metrics, Verb::kMetrics},
                             {query, Verb::kQuery},
                             {alerts, Verb::kAlerts},
                             {ports, Verb::kPorts},
                             {status, Verb::kStatus},
                             {backtest, Verb::kBacktest},
                             {test_rules, Verb::kTestRules}});
  for (const auto& [sub, verb] : verbs) {
    if (!*sub) continue;
    line.verb = verb;
    line.config_given = verb != Verb::kTestRules && sub->count("--config") > 0;
  }
  const AskArguments& ask = line.ask;
  if (line.verb != Verb::kSilenceAdd && ask.start && ask.range)
    return Misuse("--start and --range say the same; want one of them");
  if (line.verb == Verb::kSilenceAdd && ask.end && ask.range) {
    return Misuse("--end and --duration say the same; want one of them");
  }
  if (ask.at && (ask.start || ask.range || ask.end || ask.step)) {
    return Misuse("--at is one moment; it goes with no --start, --end, --range or --step");
  }
  if (line.verb == Verb::kQuery && (ask.end || ask.step) && !ask.start && !ask.range) {
    return Misuse("--end and --step want --start or --range");
  }
  if (!log_level.empty()) {
    line.overrides.log_level = ParseLogLevel(log_level);
    if (!line.overrides.log_level) {
      return Misuse("--log.level: want debug, info, warn or error, got \"" + log_level + "\"");
    }
  }
  return {std::move(line), {}, 0};
}

void Apply(const Overrides& o, Config& config) {
  if (o.procfs) config.paths.procfs = *o.procfs;
  if (o.sysfs) config.paths.sysfs = *o.sysfs;
  if (o.rootfs) config.paths.rootfs = *o.rootfs;
  if (o.udev_data) config.paths.udev_data = *o.udev_data;
  if (o.disable_defaults) config.collect.disable_defaults = true;
  for (const auto& [name, from] : o.collectors) {
    CollectorConfig& to = config.collect.collectors[name];
    if (from.enabled) to.enabled = from.enabled;
    for (const auto& [key, value] : from.options) to.options[key] = value;
  }
  if (!o.listen.empty()) config.prometheus.listen = o.listen;
  if (o.web_config_file) config.prometheus.web_config_file = *o.web_config_file;
  if (o.log_level) config.log_level = *o.log_level;
}

Result<void> SelectOnly(std::string_view list, CollectConfig& collect) {
  const bool all = list == "all";
  collect.disable_defaults = true;
  for (auto& [name, collector] : collect.collectors) collector.enabled = false;
  if (all) {
    for (const CollectorSpec& spec : AllCollectors()) {
      collect.collectors[std::string(spec.name)].enabled = true;
    }
    return {};
  }
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view name = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (name.empty()) continue;
    if (auto spec = NamedCollector(name); !spec) {
      return std::move(spec).error().Context("--collectors");
    }
    collect.collectors[std::string(name)].enabled = true;
  }
  return {};
}

}  // namespace ecsward
