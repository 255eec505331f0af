// The rules that the configuration names: built in and from files.
#pragma once

#include <string>
#include <vector>

#include "agent/config.h"
#include "rules/rule_file.h"

namespace ecsward {

struct LoadedRules {
  std::vector<RuleGroup> groups;
  std::size_t files = 0;
  // "alerting.rule_files[1]: /x.yml: No such file or directory"
  std::vector<std::string> config_problems;
  // Whole lines, with the place in the rule file.
  std::vector<std::string> rule_problems;
  // The same; the rules work all the same.
  std::vector<std::string> rule_warnings;
};

// All files, in the order of the configuration, those of a shell pattern by name; a file that is
// named twice is taken once. Relative names begin where `config_path` lies.
LoadedRules LoadRules(const AlertingConfig& alerting, const std::string& config_path);

}  // namespace ecsward
