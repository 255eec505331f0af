// ecsward.yml → Config, with every problem in it at once:
//
//   ecsward.yml:14:13: collect.interval: want a duration such as "15s", got "15"
//   ecsward.yml:22:3: exporters.promethues: unknown key; did you mean "prometheus"?
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config.h"
#include "base/result.h"
#include "exporters/notify/config_files.h"

namespace ecsward {

struct ConfigProblem {
  int line = 0, column = 0;  // from 1; 0: not at a place in the file
  std::string key;           // "collect.interval"; empty: the file as a whole
  std::string message;
};

// `FILE:LINE:COLUMN: key: message`
std::string ToString(const ConfigProblem& problem, std::string_view file);

struct ParsedConfig {
  Config config;  // to be used only when there is no problem
  std::vector<ConfigProblem> problems;
  bool no_file = false;  // LoadConfig only: all defaults
};

inline constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20;

// `change` is what the command line says; it comes over the file and before Validate.
// Pure, apart from `check_more`, which may look at what the configuration names (files): it returns
// "key: message" or "key[2]: message" for each problem. What it says of a key that the file already
// has wrong is left out. `files` are those that the notifier's part names: secrets, templates; they
// are not looked at without it.
ParsedConfig ParseConfig(
    std::string_view yaml, const std::function<void(Config&)>& change = {},
    const std::function<std::vector<std::string>(const Config&)>& check_more = {},
    const notify::ConfigFiles* files = nullptr);

// What is wrong between the keys. Each as "key: message".
std::vector<std::string> Validate(const Config& config);

// Reads and parses the file. A file that is not there is an error only when `required`; without it
// all defaults hold. errors: as ErrnoError with the path
Result<ParsedConfig> LoadConfig(
    const std::string& path, bool required, const std::function<void(Config&)>& change,
    const std::function<std::vector<std::string>(const Config&)>& check_more,
    const notify::ConfigFiles* files = nullptr);

}  // namespace ecsward
