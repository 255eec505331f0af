#include "agent/ask_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "agent/api_json.h"
#include "agent/ask_text.h"
#include "agent/ask_time.h"
#include "agent/board_json.h"
#include "agent/control_client.h"
#include "agent/host_figures.h"
#include "agent/host_status.h"
#include "agent/ports_text.h"
#include "agent/remote_history.h"
#include "agent/status_text.h"
#include "rules/promql/parser.h"
#include "rules/promql/query.h"
#include "rules/unit_test/unit_test.h"

namespace ecsward {
namespace {

// As Prometheus's API names kinds of errors.
constexpr std::string_view kBadData = "bad_data", kExecution = "execution",
                           kUnavailable = "unavailable";

CommandResult Failed(const AskArguments& ask, std::string_view type, const std::string& message) {
  if (ask.json) return {ApiError(type, message), "", 1};
  return {"", ForTerminal("ecsward: " + message + "\n"), 1};
}

// An empty answer is worth a word, where nobody pipes it.
CommandResult Shown(std::string text, RemoteHistory& remote, std::span<const HistoryNeed> needs) {
  std::string why;
  if (text.empty()) {
    why = NothingFound(remote.history(), needs, remote.settings().rules.query.lookback);
  }
  return {std::move(text), std::move(why), 0};
}

std::int64_t WallNow() { return UnixMilliseconds(std::chrono::system_clock::now()); }

}  // namespace

CommandResult RunQueryCommand(const AskArguments& ask, const std::string& socket) {
  auto expr = promql::Parse(ask.expression);
  if (!expr) {
    // With --json as the API says it, which adds what was wrong with.
    const std::string& text = expr.error().ToString();
    return Failed(ask, kBadData, ask.json ? "invalid parameter \"query\": " + text : text);
  }
  auto times = TimesFor(ask, WallNow());
  if (!times) return Failed(ask, kBadData, times.error().message);
  const promql::ValueType type = (*expr)->type();
  if (times->step_ms > 0 && type != promql::ValueType::kScalar &&
      type != promql::ValueType::kVector) {
    return Failed(ask, kBadData,
                  fmt::format("invalid expression type \"{}\" for range query, must be Scalar or "
                              "instant Vector",
                              ToString(type)));
  }
  RemoteHistory remote;
  if (auto ok = remote.Connect(socket); !ok) return Failed(ask, kUnavailable, ok.error().message);
  const promql::QueryOptions& options = remote.settings().rules.query;
  const auto needs = promql::HistoryNeeds(**expr, options.lookback);
  if (!needs.empty()) {
    if (auto ok = remote.Fetch(needs); !ok) return Failed(ask, kUnavailable, ok.error().message);
  }
  // The daemon may be a blink ahead of when we looked at the clock.
  if (!ask.at && !ask.end) times->end_ms = std::max(times->end_ms, remote.newest_ms());
  if (times->step_ms == 0) times->start_ms = times->end_ms;

  promql::Query query(std::move(*expr), remote.history(), options);
  if (times->step_ms == 0) {
    const auto value = query.At(times->start_ms);
    if (!value) return Failed(ask, kExecution, value.error().message);
    if (ask.json) return {ApiQuery(**value, times->start_ms), "", 0};
    return Shown(QueryText(**value, times->start_ms), remote, needs);
  }
  const auto matrix = query.Between(times->start_ms, times->end_ms, times->step_ms);
  if (!matrix) return Failed(ask, kExecution, matrix.error().message);
  if (ask.json) return {ApiQueryRange(*matrix), "", 0};
  return Shown(MatrixText(*matrix), remote, needs);
}

CommandResult RunAlertsCommand(const AskArguments& ask, const std::string& socket) {
  const auto answer = AskDaemon(socket, {ControlRequest::What::kAlerts, {}});
  if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  const auto alerts = ParseAlerts(answer->front());
  if (!alerts) return Failed(ask, kUnavailable, alerts.error().message);
  return {ask.json ? ApiAlerts(*alerts) : AlertsText(*alerts, WallNow()), "", 0};
}

CommandResult RunPortsCommand(const AskArguments& ask, const std::string& socket) {
  const auto answer = AskDaemon(socket, {ControlRequest::What::kPorts, {}});
  if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  if (ask.json) return {ApiData(answer->front()), "", 0};
  const auto ports = ParsePorts(answer->front());
  if (!ports) return Failed(ask, kUnavailable, ports.error().message);
  return {PortsText(*ports, WallNow()), "", 0};
}

CommandResult RunStatusCommand(const AskArguments& ask, const std::string& socket) {
  const auto answer = AskDaemon(socket, {ControlRequest::What::kStatus, {}});
  if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  if (answer->size() < 3) return Failed(ask, kUnavailable, "the daemon's answer lacks something");
  if (ask.json) return {ApiData((*answer)[0]), "", 0};
  const auto status = ParseStatus((*answer)[0]);
  if (!status) return Failed(ask, kUnavailable, status.error().message);
  const auto alerts = ParseAlerts((*answer)[2]);
  if (!alerts) return Failed(ask, kUnavailable, alerts.error().message);
  return {StatusText(FiguresFrom((*answer)[1]), *status, *alerts, WallNow()), "", 0};
}

CommandResult RunTestRulesCommand(const AskArguments& ask) {
  CommandResult result;
  for (const std::string& file : ask.files) {
    const UnitTestReport report = RunUnitTestFile(file);
    result.out += report.text;
    if (!report.passed) result.exit_code = 1;
  }
  return result;
}

}  // namespace ecsward
