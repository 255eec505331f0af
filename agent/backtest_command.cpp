// `ecsward backtest`: the daemon's rules engine over the daemon's history, in this process.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "agent/api_json.h"
#include "agent/ask_commands.h"
#include "agent/ask_text.h"
#include "agent/remote_history.h"
#include "metrics/evidence_json.h"
#include "metrics/history_file.h"
#include "rules/promql/duration.h"
#include "rules/rule_engine.h"
#include "rules/rule_file.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxRuleFile = std::size_t{8} << 20;
// Groups come due at any moment of their interval; the daemon looks once a tick.
constexpr std::int64_t kStepMs = 1000;
constexpr std::int64_t kLongestMs = std::int64_t{7} * 24 * 3'600'000;

CommandResult Failed(const std::string& message) {
  return {"", ForTerminal("ecsward: " + message + "\n"), 1};
}

std::string_view WhatHappened(const AlertChange& change) {
  switch (change.now->alert.state) {
    case AlertState::kPending:
      return "pending";
    case AlertState::kFiring:
      return "firing";
    case AlertState::kInactive:
      return change.before == AlertState::kFiring ? "resolved" : "calm again";
  }
  return "";
}

struct Seen {
  std::size_t pending = 0, firing = 0, resolved = 0;
};

std::string ChangeLine(const AlertChange& change, std::int64_t time_ms, bool json) {
  const Alert& alert = change.now->alert;
  if (json) {
    return Dump({{"time", Rfc3339(time_ms)},
                 {"state", std::string(WhatHappened(change))},
                 {"labels", ToJson(alert.labels)},
                 {"annotations", ToJson(alert.annotations)},
                 {"value", ApiNumber(alert.value)}}) +
           "\n";
  }
  LabelPairs labels = alert.labels;
  Set(labels, "alertname", "");
  std::string line =
      fmt::format("{}  {:<10}  {}{}  value {:.6g}\n", Rfc3339(time_ms), WhatHappened(change),
                  change.now->rule, ToString(labels), alert.value);
  const auto summary = Get(alert.annotations, "summary");
  if (change.now->alert.state == AlertState::kFiring && !summary.empty()) {
    line += fmt::format("{:34}{}\n", "", summary);
  }
  return ForTerminal(line);
}

// What the daemon's rules have written is not the work of these.
void DropRecorded(const std::vector<RuleGroup>& groups, History& history) {
  std::set<std::string, std::less<>> names{"ALERTS", "ALERTS_FOR_STATE"};
  for (const RuleGroup& group : groups) {
    for (const Rule& rule : group.rules) {
      if (!rule.record.empty()) names.insert(rule.record);
    }
  }
  for (History::Id id = 0; id < history.id_end(); ++id) {
    if (history.alive(id) && names.contains(history.labels(id).Get(kMetricName))) history.Drop(id);
  }
}

struct Span {
  std::int64_t first_ms = 0, last_ms = 0;
};

// From the oldest sample to the newest; nothing when there is none.
std::optional<Span> Covered(const History& history) {
  std::optional<Span> span;
  for (History::Id id = 0; id < history.id_end(); ++id) {
    if (!history.alive(id)) continue;
    Sample first, last;
    auto cursor = history.From(id, std::numeric_limits<std::int64_t>::min());
    if (!cursor.Next(first)) continue;
    last = first;
    for (Sample next; cursor.Next(next);) last = next;
    if (!span) span = {first.time_ms, last.time_ms};
    span->first_ms = std::min(span->first_ms, first.time_ms);
    span->last_ms = std::max(span->last_ms, last.time_ms);
  }
  return span;
}

}  // namespace

CommandResult RunBacktestCommand(const AskArguments& ask, const std::string& socket) {
  const std::string& path = ask.files.front();
  const auto yaml = ReadWholeFile(path, kMaxRuleFile);
  if (!yaml) return Failed(yaml.error().message);
  RuleFile file = ParseRuleFile(*yaml, path);
  CommandResult result;
  for (const RuleFileProblem& problem : file.problems) result.err += problem.ToString() + "\n";
  if (!file.problems.empty()) {
    result.exit_code = 1;
    return result;
  }
  std::int64_t range_ms = kLongestMs;
  if (ask.range) {
    auto range = promql::ParseDuration(*ask.range);
    if (!range) return Failed(std::move(range).error().Context("--range").message);
    range_ms = std::min(range_ms, *range);
  }

  RemoteHistory remote;
  if (auto ok = remote.Connect(socket); !ok) return Failed(ok.error().message);
  History& history = remote.history();
  RuleEngine engine(history, remote.settings().rules);
  engine.Load(file.groups, remote.newest_ms() - range_ms);
  if (auto ok = remote.Fetch(engine.Needs()); !ok) {
    return Failed(ok.error().message);
  }
  DropRecorded(file.groups, history);
  const auto covered = Covered(history);
  if (!covered) return Failed("the daemon knows none of the series that these rules read");

  std::int64_t now_ms = 0;
  Seen seen;
  engine.OnChange([&](const AlertChange& change) {
    if (change.evidence) return;
    result.out += ChangeLine(change, now_ms, ask.json);
    if (change.now->alert.state == AlertState::kPending) ++seen.pending;
    if (change.now->alert.state == AlertState::kFiring) ++seen.firing;
    if (WhatHappened(change) == "resolved") ++seen.resolved;
  });
  const std::int64_t begin = std::max(covered->first_ms, covered->last_ms - range_ms);
  for (now_ms = begin; now_ms <= covered->last_ms; now_ms += kStepMs) engine.RunDue(now_ms);

  for (const RuleStatus& rule : engine.Statuses()) {
    if (rule.healthy) continue;
    result.err += ForTerminal(fmt::format("{}: {}: {}\n", rule.group, rule.rule, rule.last_error));
  }
  if (!ask.json) {
    result.out += fmt::format(
        "{} rules from {} to {}: pending {} times, firing {} times, resolved {} times\n",
        engine.figures().rules, Rfc3339(begin), Rfc3339(covered->last_ms), seen.pending,
        seen.firing, seen.resolved);
  }
  return result;
}

}  // namespace ecsward
