// The notifier's part of the configuration: YAML → RoutingConfig, with every problem in it at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/notify/routing.h"

namespace YAML {
class Node;
}

namespace ecsward::notify {

// Keys below `alerting`, as they stand in the file; null nodes where they do not.
// global, route, receivers, inhibit_rules, time_intervals, mute_time_intervals, templates,
// heartbeat
bool IsNotifyKey(std::string_view key);

struct NotifyProblem {
  int line = 0, column = 0;  // from 1; 0: unknown
  std::string key;           // "alerting.receivers[1].dingtalk_configs[0].url"
  std::string message;       // never has a secret in it
};
struct ParsedNotify {
  RoutingConfig config;  // to be used only when there is no problem
  std::vector<NotifyProblem> problems;
};

// `alerting` is the mapping (or nothing); keys that are not the notifier's are left alone. Relative
// file names (templates, *_file, ca_file) begin in `folder`.
ParsedNotify ParseNotify(const YAML::Node& alerting, const std::string& folder);

// A duration as Prometheus writes it, "1h30m"; a time interval's pieces are in
// time_interval_parse.h.

}  // namespace ecsward::notify
