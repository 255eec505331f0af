// `ecsward silence add|list|expire`, `ecsward notifications`, `ecsward test notification` and
// `ecsward test route`.
#pragma once

#include <string>

#include "agent/ask_commands.h"
#include "agent/config_command.h"

namespace ecsward {

CommandResult RunSilenceAddCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunSilenceListCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunSilenceExpireCommand(const AskArguments& ask, const std::string& socket);
CommandResult RunNotificationsCommand(const AskArguments& ask, const std::string& socket);
// Sends a drill to the receiver and waits until it is delivered, or why it is not. Exit code 1 when
// a channel has not delivered it within `ask.timeout`.
CommandResult RunTestNotificationCommand(const AskArguments& ask, const std::string& socket);
// Asks no daemon: the configuration says it all.
CommandResult RunTestRouteCommand(const AskArguments& ask, const LoadedConfig& loaded);

}  // namespace ecsward
