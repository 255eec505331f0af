// The command line's verbs around notifications.
#pragma once

#include <CLI/CLI.hpp>
#include <utility>
#include <vector>

#include "agent/command_line.h"

namespace ecsward {

using VerbOf = std::pair<CLI::App*, Verb>;

// `silence add|list|expire` and `notifications` below `app`, `notification` and `route` below
// `test`. Both and `line` outlive the parsing.
std::vector<VerbOf> AddNotifyVerbs(CLI::App& app, CLI::App& test, CommandLine& line);

// How to reach the daemon: with its configuration, or its socket.
void AddDaemonFlags(CLI::App& app, CommandLine& line);

}  // namespace ecsward
