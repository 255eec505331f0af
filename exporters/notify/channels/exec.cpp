// exec_configs: a local command, with the notification on its stdin: one line of JSON for each
// group, in the form of Alertmanager's webhook.
//
// The command says how it went by its exit code: 0, delivered; EX_USAGE, EX_DATAERR, EX_NOPERM and
// EX_CONFIG of sysexits.h, never again; EX_TEMPFAIL (75) and all others, later again: scripts exit
// with 1 for anything.
#include "exporters/notify/channels/exec.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "exporters/notify/channels/child_process.h"
#include "exporters/notify/channels/mime_message.h"
#include "exporters/notify/channels/one_line.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

using Outcome = Delivery::Outcome;

Result<void> CheckArgument(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return {};
  return Fail(ErrorCode::kInvalidArgument, "a NUL byte cannot be passed");
}

constexpr ChannelOption kOptions[] = {
    {"command", OptionKind::kList, "",
     "The program's absolute path and its arguments; no shell is asked.", true, CheckArgument},
    {"timeout", OptionKind::kDuration, "10s", "Then it is ended, with all that it started."},
};

std::vector<std::string> CheckTogether(const ChannelSettings& settings) {
  std::vector<std::string> problems;
  const std::vector<std::string>& command = settings.List("command");
  if (command.empty() || command.front().empty() || command.front().front() != '/') {
    problems.emplace_back(
        "command: want an absolute path first, such as \"/usr/local/bin/notify\"");
  }
  if (settings.Duration("timeout") > std::chrono::minutes(10)) {
    problems.emplace_back("timeout: at most 10m: those behind have to wait");
  }
  return problems;
}

bool IsForGood(int exit_code) {
  return exit_code == EX_USAGE || exit_code == EX_DATAERR || exit_code == EX_NOPERM ||
         exit_code == EX_CONFIG;
}

Delivery Judge(const ChildEnd& end) {
  Delivery delivery;
  if (end.exit_code == 0 && !end.timed_out) return delivery;
  delivery.reason = "exit_code";
  delivery.outcome = IsForGood(end.exit_code) ? Outcome::kRefused : Outcome::kRetry;
  if (end.timed_out) {
    delivery.reason = "timeout";
    delivery.outcome = Outcome::kUnclear;
    delivery.problem = "the command did not end in time";
  } else if (end.signal != 0) {
    delivery.problem = fmt::format("the command was ended by signal {}", end.signal);
  } else {
    delivery.problem = fmt::format("the command ended with {}", end.exit_code);
  }
  if (const std::string said = ShortLine(end.output, 200); !said.empty()) {
    delivery.problem += ": " + said;
  }
  return delivery;
}

class ExecChannel final : public Channel {
 public:
  ExecChannel(const ChannelSettings& settings, const ChannelWorld& world)
      : command_(settings.List("command")),
        timeout_(settings.Duration("timeout")),
        content_(*world.content) {}

  Delivery Send(const Notification& notification, const Attempt&) override {
    std::string input;
    for (const GroupNotice& group : notification.groups) {
      input += WebhookJson(notification, group, content_.external_url());  // ends its line
    }
    ChildCommand command;
    command.argv = command_;
    command.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                           "LANG=C.UTF-8", "ECSWARD_NOTIFICATION_ID=" + ToIdText(notification.id)};
    command.input = input;
    command.timeout = timeout_;
    const auto end = RunChild(command);
    if (end) return Judge(*end);
    Delivery failed;
    const bool late = end.error().code == ErrorCode::kTimeout;
    failed.outcome = late ? Outcome::kUnclear : Outcome::kRetry;
    failed.reason = late ? "timeout" : "exit_code";
    failed.problem = ShortLine(end.error().message, 200);
    return failed;
  }

 private:
  const std::vector<std::string> command_;
  const std::chrono::milliseconds timeout_;
  const Content& content_;
};

}  // namespace

const ChannelSpec kExecChannel{
    "exec",
    "A command on this host, with JSON on its stdin.",
    kOptions,
    {},
    false,
    true,
    CheckTogether,
    [](const ChannelSettings& settings, const ChannelWorld& world) -> std::unique_ptr<Channel> {
      return std::make_unique<ExecChannel>(settings, world);
    },
};

}  // namespace ecsward::notify
