// The command line: verbs, flags, and what they change in the configuration.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config.h"

namespace ecsward {

enum class Verb {
  kRun,
  kCheck,
  kMetrics,
  kQuery,
  kAlerts,
  kBacktest,
  kTestRules,
  kPorts,
  kStatus,
  kSilenceAdd,
  kSilenceList,
  kSilenceExpire,
  kNotifications,
  kTestNotification,
  kTestRoute,
};

// Of the verbs that ask the daemon, and of test rules and test route. Times and durations are as
// people wrote them.
struct AskArguments {
  std::string expression;
  std::optional<std::string> at, start, end, range, step;
  std::vector<std::string> files;
  std::optional<std::string> socket;
  std::vector<std::string> words;  // matchers, silences' ids, labels
  std::optional<std::string> comment, author, receiver, timeout;
  bool expired = false;
  bool json = false;
};

// What flags say; it stands over the configuration file, also after a reload.
struct Overrides {
  std::optional<std::string> procfs, sysfs, rootfs, udev_data;
  std::map<std::string, CollectorConfig, std::less<>> collectors;
  bool disable_defaults = false;
  std::vector<std::string> listen;
  std::optional<std::string> web_config_file;
  std::optional<LogLevel> log_level;
};

struct CommandLine {
  Verb verb = Verb::kRun;
  std::string config_path{kDefaultConfigPath};
  bool config_given = false;              // with --config a missing file is an error
  std::optional<std::string> collectors;  // metrics --collectors=…
  AskArguments ask;
  Overrides overrides;
};

// Either a command line to carry out, or a text to print and the exit code to end with
// (--help and --version: 0; misuse: 2).
struct ParsedCommandLine {
  std::optional<CommandLine> command;
  std::string text;
  int exit_code = 0;
};
ParsedCommandLine ParseCommandLine(int argc, const char* const* argv);

void Apply(const Overrides& overrides, Config& config);

// `list` of `metrics --collectors`: "all", or names between commas; only those are then on.
// errors: kInvalidArgument naming the unknown collector, with a suggestion
Result<void> SelectOnly(std::string_view list, CollectConfig& collect);

// Takes node_exporter's --collector.NAME, --no-collector.NAME and --collector.NAME.OPTION[=VALUE]
// out of `arguments` into `overrides`. `--collector.disable-defaults` too. errors: kInvalidArgument
// naming the flag
Result<void> TakeCollectorFlags(std::vector<std::string>& arguments, Overrides& overrides);

}  // namespace ecsward
