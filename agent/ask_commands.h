// The commands that ask the daemon, `ecsward query`, `alerts`, `ports`, `status`, `backtest`, and
// `ecsward test rules`, which asks nobody.
#pragma once

#include <string>

#include "agent/command_line.h"
#include "agent/config.h"

namespace ecsward {

struct CommandResult {
  std::string out, err;  // for stdout and stderr
  int exit_code = 0;     // 1: the answer is an error, or a test failed
};

CommandResult RunQueryCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunAlertsCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunPortsCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunStatusCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunBacktestCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunTestRulesCommand(const AskArguments& ask);

}  // namespace ecsward
