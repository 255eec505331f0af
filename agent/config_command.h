// Configuration for the verbs: file and flags together, and what is said about their problems.
#pragma once

#include <string>
#include <vector>

#include "agent/command_line.h"
#include "agent/config.h"
#include "agent/rule_loader.h"

namespace ecsward {

struct LoadedConfig {
  Config config;
  std::vector<std::string> problems;  // whole lines; empty: `config` may be used
  bool no_file = false;               // all defaults
  LoadedRules rules;                  // for run and check
};

// Reads the file that the command line names, puts the flags over it and checks everything that can
// be checked without starting: also files that the configuration names.
LoadedConfig LoadConfigFor(const CommandLine& line);

// `ecsward check`: the problems, or "FILE: ok" and what would run.
std::string DescribeConfig(const CommandLine& line, const LoadedConfig& loaded);

}  // namespace ecsward
