#include "agent/notify_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/api_json.h"
#include "agent/ask_text.h"
#include "agent/units.h"
#include "exporters/notify/matchers.h"
#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

std::string Seconds(std::int64_t ms) { return Rfc3339(ms / 1000 * 1000); }

std::string SpanText(std::chrono::milliseconds span) { return FormatDuration(span); }

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

// "12 of 50 today, 40 of 500 this month"; "" without a budget.
std::string BudgetText(const notify::ChannelFigures& channel) {
  std::vector<std::string> parts;
  if (channel.budget_day > 0) {
    parts.push_back(fmt::format("{} of {} today", channel.budget_used_day, channel.budget_day));
  }
  if (channel.budget_month > 0) {
    parts.push_back(
        fmt::format("{} of {} this month", channel.budget_used_month, channel.budget_month));
  }
  return Joined(parts);
}

std::string ChannelsText(const std::vector<notify::ChannelFigures>& channels, std::int64_t now_ms) {
  std::vector<Row> rows = {{"CHANNEL", "SENT", "QUEUED", "RETRIES", "GIVEN UP", "LAST", "BUDGET"}};
  for (const notify::ChannelFigures& channel : channels) {
    const auto last_ms = static_cast<std::int64_t>(channel.last_success_unix_seconds * 1000);
    const std::string budget = BudgetText(channel);
    rows.push_back(
        {channel.channel, std::to_string(channel.delivered), std::to_string(channel.queued),
         std::to_string(channel.retries), std::to_string(channel.buried),
         last_ms == 0 ? "-" : Ago(now_ms, last_ms) + " ago", budget.empty() ? "-" : budget});
  }
  return Table(rows);
}

std::string WhatText(const LetterSummary& letter) {
  if (letter.kind == "drill") return "drill";
  if (letter.kind == "budget") return "budget";
  return fmt::format("{} {}", letter.alerts, letter.firing ? "firing" : "resolved");
}

std::string QueueText(const std::vector<LetterSummary>& queue, std::int64_t now_ms) {
  std::vector<Row> rows = {{"WAITING SINCE", "CHANNEL", "WHAT", "TRIES", "GROUP", "WHY"}};
  for (const LetterSummary& letter : queue) {
    rows.push_back({Ago(now_ms, letter.committed_at_ms), letter.channel, WhatText(letter),
                    std::to_string(letter.attempts), letter.group,
                    letter.problem.empty() ? "-" : letter.problem});
  }
  return Table(rows);
}

std::string DeadText(const std::vector<LetterSummary>& dead) {
  std::vector<Row> rows = {{"GIVEN UP AT", "CHANNEL", "WHAT", "TRIES", "GROUP", "WHY"}};
  for (const LetterSummary& letter : dead) {
    rows.push_back({Seconds(letter.died_at_ms), letter.channel, WhatText(letter),
                    std::to_string(letter.attempts), letter.group, letter.why});
  }
  return Table(rows);
}

// "dingtalk[0] (fallback oncall), sms[0]"
std::string ChannelsOf(const notify::Receiver& receiver) {
  std::vector<std::string> names;
  for (const notify::ChannelConfig& channel : receiver.channels) {
    std::string name = fmt::format("{}[{}]", channel.spec->kind, channel.index);
    if (!channel.fallback.receiver.empty()) name += " (fallback " + channel.fallback.receiver + ")";
    names.push_back(std::move(name));
  }
  return names.empty() ? "no channel: nothing is sent" : Joined(names);
}

bool InAny(const notify::RoutingConfig& config, const std::vector<std::string>& names,
           std::int64_t now_ms) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto it = config.time_intervals.find(name);
    return it != config.time_intervals.end() &&
           std::any_of(it->second.begin(), it->second.end(), [&](const notify::TimeInterval& of) {
             return notify::Contains(of, now_ms);
           });
  });
}

// Why nothing would be told at this time of day; "" when it would.
std::string MutedNow(const notify::RoutingConfig& config, const notify::Route& route,
                     std::int64_t now_ms) {
  if (!route.active_time_intervals.empty() && !InAny(config, route.active_time_intervals, now_ms)) {
    return "now outside of active_time_intervals " + Joined(route.active_time_intervals);
  }
  if (InAny(config, route.mute_time_intervals, now_ms)) {
    return "now inside of mute_time_intervals " + Joined(route.mute_time_intervals);
  }
  return "";
}

std::string GroupByText(const notify::Route& route) {
  return route.group_by_all ? "all labels" : "[" + Joined(route.group_by) + "]";
}

}  // namespace

std::string SilencesText(const std::vector<notify::Silence>& silences, std::int64_t now_ms) {
  if (silences.empty()) return "no silences\n";
  std::vector<const notify::Silence*> order;
  for (const notify::Silence& silence : silences) order.push_back(&silence);
  std::stable_sort(order.begin(), order.end(), [now_ms](const auto* a, const auto* b) {
    const auto rank = [now_ms](const notify::Silence& of) {
      return std::pair(StateAt(of, now_ms), of.ends_at_ms);  // active, expired, pending
    };
    return rank(*a) < rank(*b);
  });
  std::vector<Row> rows = {{"ID", "STATE", "ENDS", "BY", "MATCHERS", "COMMENT"}};
  for (const notify::Silence* silence : order) {
    rows.push_back({silence->id, std::string(StateAt(*silence, now_ms)),
                    Seconds(silence->ends_at_ms), silence->created_by,
                    notify::ToText(silence->matchers), silence->comment});
  }
  return ForTerminal(Table(rows));
}

std::string NotificationsText(const NotificationsPicture& picture, std::int64_t now_ms) {
  const notify::NotifierFigures& figures = picture.figures;
  if (!figures.on) {
    return "no notifications are configured: alerts are logged and shown by `ecsward alerts`\n";
  }
  std::string text = fmt::format("{} alerts in {} groups, {} silences in force\n", figures.alerts,
                                 figures.groups, figures.silences);
  if (figures.store_failures > 0) {
    text += fmt::format("WARNING: {} writes to the disk failed; what is queued may not survive\n",
                        figures.store_failures);
  }
  if (figures.heartbeats + figures.heartbeat_failures > 0) {
    text += fmt::format("heartbeat: {} sent, {} failed\n", figures.heartbeats,
                        figures.heartbeat_failures);
  }
  text += "\n" + ChannelsText(figures.channels, now_ms);
  if (!picture.queue.empty()) text += "\n" + QueueText(picture.queue, now_ms);
  if (!picture.dead.empty()) text += "\n" + DeadText(picture.dead);
  return ForTerminal(text);
}

std::string RoutesText(const notify::RoutingConfig& config, const LabelPairs& labels,
                       std::int64_t now_ms) {
  if (!config.route) return "no route is configured: alerts are logged, nothing is sent\n";
  std::string text = ToString(labels) + "\n";
  for (const notify::RoutedTo& to : notify::RoutesOf(*config.route, labels)) {
    const notify::Route& route = *to.route;
    const notify::Receiver* receiver = config.Find(route.receiver);
    text += fmt::format("→ {}\n", route.receiver);
    text += fmt::format("    by        {}{}\n", to.route_key,
                        route.go_on ? "  (continue: the routes after it are tried, too)" : "");
    if (receiver != nullptr) text += fmt::format("    channels  {}\n", ChannelsOf(*receiver));
    text += fmt::format("    group     {} by {}\n", ToString(to.group_labels), GroupByText(route));
    text += fmt::format("    told      after {}, changes every {}, repeated after {}\n",
                        SpanText(route.group_wait), SpanText(route.group_interval),
                        SpanText(route.repeat_interval));
    if (const std::string why = MutedNow(config, route, now_ms); !why.empty()) {
      text += fmt::format("    MUTED     {}\n", why);
    }
  }
  return ForTerminal(text);
}

std::string RoutesJson(const notify::RoutingConfig& config, const LabelPairs& labels,
                       std::int64_t now_ms) {
  nlohmann::json routes = nlohmann::json::array();
  if (config.route) {
    for (const notify::RoutedTo& to : notify::RoutesOf(*config.route, labels)) {
      const notify::Route& route = *to.route;
      routes.push_back(
          {{"receiver", route.receiver},
           {"route", to.route_key},
           {"continue", route.go_on},
           {"group_labels", ToJson(to.group_labels)},
           {"group_wait_seconds", static_cast<double>(route.group_wait.count()) / 1e3},
           {"group_interval_seconds", static_cast<double>(route.group_interval.count()) / 1e3},
           {"repeat_interval_seconds", static_cast<double>(route.repeat_interval.count()) / 1e3},
           {"muted", MutedNow(config, route, now_ms)}});
    }
  }
  return ApiData(Dump({{"labels", ToJson(labels)}, {"routes", std::move(routes)}}));
}

}  // namespace ecsward
