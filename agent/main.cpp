// ecsward: one daemon for the care of an Alibaba Cloud ECS host. Flags, wiring, exit codes.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "agent/ask_commands.h"
#include "agent/command_line.h"
#include "agent/config_command.h"
#include "agent/daemon.h"
#include "agent/metrics_command.h"
#include "agent/notify_commands.h"

namespace ecsward {
namespace {

// The unit's RuntimeDirectory=.
constexpr const char* kServiceSocket = "/run/ecsward/control.sock";

bool Print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

void PrintProblems(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems) std::fprintf(stderr, "%s\n", problem.c_str());
}

int RunMetrics(CommandLine line) {
  // People look at the page; only what is wrong is worth a line.
  if (!line.overrides.log_level) line.overrides.log_level = LogLevel::kWarn;
  LoadedConfig loaded = LoadConfigFor(line);
  if (!loaded.problems.empty()) {
    PrintProblems(loaded.problems);
    return 1;
  }
  if (line.collectors) {
    if (auto ok = SelectOnly(*line.collectors, loaded.config.collect); !ok) {
      std::fprintf(stderr, "ecsward: %s\n", ok.error().message.c_str());
      return 2;
    }
  }
  const Logger log(loaded.config.log_level);
  return Print(CollectOnce(loaded.config, log)) ? 0 : 1;
}

int RunCheck(const CommandLine& line) {
  const LoadedConfig loaded = LoadConfigFor(line);
  const std::string text = DescribeConfig(line, loaded);
  if (loaded.problems.empty()) return Print(text) ? 0 : 1;
  std::fputs(text.c_str(), stderr);
  return 1;
}

// Where the daemon is: as the flag says, else as its configuration does.
Result<std::string> SocketFor(const CommandLine& line) {
  if (line.ask.socket) return *line.ask.socket;
  const LoadedConfig loaded = LoadConfigFor(line);
  if (!loaded.problems.empty()) {
    return Fail(ErrorCode::kInvalidArgument, loaded.problems.front());
  }
  const char* runtime = std::getenv("RUNTIME_DIRECTORY");
  const std::string path = ControlSocketPath(loaded.config, runtime);
  // Outside of the service, systemd's directory for it is not in the environment.
  if (runtime == nullptr && loaded.config.control_socket.empty() &&
      ::access(path.c_str(), F_OK) != 0 && ::access(kServiceSocket, F_OK) == 0 &&
      loaded.config.state_directory == Config().state_directory) {
    return std::string(kServiceSocket);
  }
  return path;
}

int Show(const CommandResult& result) {
  std::fputs(result.err.c_str(), stderr);
  return Print(result.out) ? result.exit_code : 1;
}

int RunAsk(const CommandLine& line) {
  const auto socket = SocketFor(line);
  if (!socket) return Show({"", "ecsward: " + socket.error().message + "\n", 1});
  switch (line.verb) {
    case Verb::kQuery:
      return Show(RunQueryCommand(line.ask, *socket));
    case Verb::kAlerts:
      return Show(RunAlertsCommand(line.ask, *socket));
    case Verb::kPorts:
      return Show(RunPortsCommand(line.ask, *socket));
    case Verb::kStatus:
      return Show(RunStatusCommand(line.ask, *socket));
    case Verb::kSilenceAdd:
      return Show(RunSilenceAddCommand(line.ask, *socket));
    case Verb::kSilenceList:
      return Show(RunSilenceListCommand(line.ask, *socket));
    case Verb::kSilenceExpire:
      return Show(RunSilenceExpireCommand(line.ask, *socket));
    case Verb::kNotifications:
      return Show(RunNotificationsCommand(line.ask, *socket));
    case Verb::kTestNotification:
      return Show(RunTestNotificationCommand(line.ask, *socket));
    default:
      return Show(RunBacktestCommand(line.ask, *socket));
  }
}

int Main(int argc, char** argv) {
  const ParsedCommandLine parsed = ParseCommandLine(argc, argv);
  if (!parsed.command) {
    if (parsed.exit_code == 0) return Print(parsed.text) ? 0 : 1;
    std::fputs(parsed.text.c_str(), stderr);
    return parsed.exit_code;
  }
  switch (parsed.command->verb) {
    case Verb::kMetrics:
      return RunMetrics(*parsed.command);
    case Verb::kCheck:
      return RunCheck(*parsed.command);
    case Verb::kRun:
      return RunDaemon(*parsed.command);
    case Verb::kTestRules:
      return Show(RunTestRulesCommand(parsed.command->ask));
    case Verb::kTestRoute:
      return Show(RunTestRouteCommand(parsed.command->ask, LoadConfigFor(*parsed.command)));
    default:
      return RunAsk(*parsed.command);
  }
  return 2;
}

}  // namespace
}  // namespace ecsward

int main(int argc, char** argv) {
  int code = 1;
  try {
    code = ecsward::Main(argc, argv);
  } catch (const std::exception& e) {  // the last resort: out of memory, a bug in a library
    std::fprintf(stderr, "ecsward: %s\n", e.what());
  }
  std::fflush(nullptr);
  // No destructors of statics: a collector's thread that is stuck in the kernel may still use them.
  ::_exit(code);
}
