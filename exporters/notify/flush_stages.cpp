#include "exporters/notify/flush_stages.h"

#include <algorithm>
#include <string>
#include <utility>

#include "exporters/notify/time_interval.h"

namespace ecsward::notify {
namespace {

bool IsInOneOf(const std::vector<std::string>& names, const RoutingConfig& config,
               std::int64_t now_ms, TimeZones& zones) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto intervals = config.time_intervals.find(name);
    return intervals != config.time_intervals.end() &&
           std::any_of(intervals->second.begin(), intervals->second.end(),
                       [&](const TimeInterval& one) { return Contains(one, now_ms, zones); });
  });
}

ToldEntry StateOf(const std::vector<const KnownAlert*>& alerts, std::int64_t now_ms) {
  ToldEntry entry;
  entry.at_ms = now_ms;
  for (const KnownAlert* known : alerts) {
    (known->resolved() ? entry.resolved : entry.firing).push_back(known->fingerprint);
  }
  std::sort(entry.firing.begin(), entry.firing.end());
  std::sort(entry.resolved.begin(), entry.resolved.end());
  return entry;
}

}  // namespace

bool FlushStages::IsQuietTime(const Route& route, std::int64_t now_ms) const {
  if (!route.active_time_intervals.empty() &&
      !IsInOneOf(route.active_time_intervals, config, now_ms, zones)) {
    return true;
  }
  return IsInOneOf(route.mute_time_intervals, config, now_ms, zones);
}

bool FlushStages::IsSilenced(const LabelPairs& labels) const {
  return std::any_of(silences.begin(), silences.end(), [&labels](const Silence* silence) {
    return MatchesAll(silence->matchers, labels);
  });
}

// Alertmanager's order is inhibition, active times, mute times, silences. Each only takes alerts
// away, so what is cheapest, and takes all away, may come first.
void FlushStages::Run(const AlertGroup& group, std::int64_t now_ms,
                      std::vector<Intent>& intents) const {
  if (group.receiver == nullptr || IsQuietTime(*group.route, now_ms)) return;
  std::vector<const KnownAlert*> heard;
  heard.reserve(group.alerts.size());
  for (const KnownAlert* known : group.alerts) {
    if (!inhibition.Mutes(known->alert.labels) && !IsSilenced(known->alert.labels)) {
      heard.push_back(known);
    }
  }
  if (heard.empty()) return;

  const ToldEntry state = StateOf(heard, now_ms);
  bool sorted = false;
  for (const ChannelConfig& channel : group.receiver->channels) {
    std::string name = ChannelKey(group.receiver->name, channel);
    std::string key = ToldLog::Key(name, group.key);
    if (!NeedsTelling(told.Find(key), state, channel.send_resolved, group.route->repeat_interval)) {
      continue;
    }
    if (!sorted) {
      std::sort(heard.begin(), heard.end(), [](const KnownAlert* a, const KnownAlert* b) {
        return StandsBefore(a->alert, b->alert);
      });
      sorted = true;
    }
    Intent intent{
        group.receiver->name, std::move(name), {group.key, group.labels, {}, now_ms}, state};
    const std::size_t count =
        channel.send_resolved ? heard.size() : state.firing.size();  // these are in front
    intent.notice.alerts.reserve(count);
    for (std::size_t i = 0; i < count; ++i) intent.notice.alerts.push_back(heard[i]->alert);
    intents.push_back(std::move(intent));
    told.Put(std::move(key), state, KeepTold(*group.route));
  }
}

}  // namespace ecsward::notify
