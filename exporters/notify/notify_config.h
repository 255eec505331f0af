// The notifier's part of the configuration: YAML → RoutingConfig, with every problem in it at once.
//
// The words are Alertmanager's: what its 0.25 refuses of routes, receivers and time intervals is
// refused. Besides, refused is what it takes and what can only be a slip: months and years that no
// calendar has, list items that say nothing, files that are named and not there, keys of kinds and
// settings that do not exist here. Taken is, besides ours: `matchers` with one text instead of a
// list, and NAME_file for each secret.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/notify/config_files.h"
#include "exporters/notify/routing.h"

namespace YAML {
class Node;
}

namespace ecsward::notify {

// The keys below `alerting` that are the notifier's, in the order of the documentation.
std::span<const std::string_view> NotifyKeys();
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

// `alerting` is the mapping (or nothing); keys that are not the notifier's are left alone, and of
// one that stands twice the first is read. Without `files` those that are named are not looked at,
// and time zones are all known. Never throws. `channels`: instead of AllChannels; outlives the
// result.
ParsedNotify ParseNotify(const YAML::Node& alerting, const ConfigFiles* files,
                         std::optional<std::span<const ChannelSpec>> channels = std::nullopt);
// With this host's files; relative names begin in `folder`.
ParsedNotify ParseNotify(const YAML::Node& alerting, const std::string& folder);

}  // namespace ecsward::notify
