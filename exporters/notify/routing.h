// Who is told what, and when: the configuration in Alertmanager's words, as plain values.
// source: https://prometheus.io/docs/alerting/latest/configuration/
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/notify/channel.h"
#include "exporters/notify/time_interval.h"
#include "metrics/label_matcher.h"

namespace ecsward::notify {

// A node of the routing tree. What a child does not say it has from its parent: here it is
// resolved.
struct Route {
  std::string receiver;
  std::vector<std::string> group_by;  // sorted
  bool group_by_all = false;          // `group_by: ['...']`
  std::chrono::milliseconds group_wait{30'000}, group_interval{300'000},
      repeat_interval{14'400'000};
  std::vector<LabelMatcher> matchers;  // match, match_re and matchers together, sorted by name
  std::vector<std::string> mute_time_intervals, active_time_intervals;
  bool go_on = false;  // `continue`
  std::vector<Route> routes;
};

struct InhibitRule {
  std::vector<LabelMatcher> source, target;
  std::vector<std::string> equal;
};

// When a channel has failed so often, or for so long, its notifications go to another receiver.
struct Fallback {
  std::string receiver;  // empty: none
  int after_failures = 5;
  std::chrono::milliseconds after{900'000};
};

// What a channel may cost. At 80 % the warning goes to `warn`, or to the fallback; at 100 % the
// notifications themselves go to the fallback.
struct Budget {
  std::int64_t per_day = 0, per_month = 0;  // messages; 0: no limit
  std::string warn;                         // a receiver
  bool limited() const { return per_day > 0 || per_month > 0; }
};

// At most `messages` within `window`, those behind it are merged. 0: no limit.
struct RateLimit {
  int messages = 0;
  std::chrono::milliseconds window{60'000};
};

// One entry of `dingtalk_configs` and its like.
struct ChannelConfig {
  const ChannelSpec* spec = nullptr;
  ChannelSettings settings;
  int index = 0;  // among the receiver's of this kind
  bool send_resolved = true;
  Fallback fallback;
  Budget budget;
  RateLimit rate_limit;                                 // the kind's, or what is configured
  std::chrono::milliseconds give_up_after{86'400'000};  // the horizon of trying
};

struct Receiver {
  std::string name;
  std::vector<ChannelConfig> channels;
};
// "ops/dingtalk[0]": what logs, metrics and the outbox call a channel.
std::string ChannelKey(std::string_view receiver, const ChannelConfig& channel);

struct Heartbeat {
  Secret url;  // empty: none
  std::string method = "GET";
  std::chrono::milliseconds interval{60'000}, timeout{10'000};
  std::string ca_file;
};

struct RoutingConfig {
  std::optional<Route> route;  // none: nothing is sent
  std::vector<Receiver> receivers;
  std::vector<InhibitRule> inhibit_rules;
  std::map<std::string, std::vector<TimeInterval>, std::less<>> time_intervals;
  // Texts of template files, by their names; `define`s in them are for all templates.
  std::vector<std::pair<std::string, std::string>> templates;
  std::chrono::milliseconds resolve_timeout{300'000};
  Heartbeat heartbeat;
  std::string language = "zh";
  std::string external_url;

  const Receiver* Find(std::string_view receiver) const;
};

}  // namespace ecsward::notify
