// The table of configuration keys: the only list of what may stand in ecsward.yml. The parser, its
// suggestions, `ecsward check` and the reference in docs/ all come from it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config.h"
#include "base/result.h"

namespace ecsward {

struct ConfigKey {
  std::string path;  // "collect.interval"
  std::string help;  // one line
  // Puts one value, as it stands in the file, into the configuration.
  // errors: kInvalidArgument saying what is wanted
  std::function<Result<void>(Config&, std::string_view value)> set;
  // Only for keys that take one value or a list: forgets the default before the first `set`.
  std::function<void(Config&)> clear;
  // Only for keys below which people choose the names (labels): puts one of them in. `set` is empty
  // then. errors: as `set`, of the name too
  std::function<Result<void>(Config&, std::string_view name, std::string_view value)> set_entry =
      {};

  // A part of the file with a reader of its own: exporters/notify/notify_config.h. `set` is empty.
  bool is_tree = false;

  bool is_list() const { return clear != nullptr; }
  bool is_map() const { return set_entry != nullptr; }
};

// In the order of conf/ecsward.yml; the collectors' own settings are among them.
std::vector<ConfigKey> AllConfigKeys();

}  // namespace ecsward
