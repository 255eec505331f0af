// One entry of `dingtalk_configs` and its like: the keys that all kinds have, and the options of
// its own.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "exporters/notify/config_reader.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

// Values of `global`, where an entry says nothing: by kind and option.
struct GlobalDefaults {
  std::map<std::pair<std::string_view, std::string_view>, ChannelSettings::Value> values;
};

ChannelConfig ReadChannel(ConfigReader& reader, const ChannelSpec& spec, const Spot& entry,
                          const GlobalDefaults& defaults, std::string_view receiver);

// The options that stand in a mapping. An option's name may be a way through mappings
// ("http_config.proxy_url"), and a secret may be given as NAME_file.
struct GivenOption {
  const ChannelOption* option = nullptr;
  Spot spot;
  bool from_file = false;
};
// `other` is asked first for each key; true: it has taken it. Its names are suggested, too.
std::vector<GivenOption> FindOptions(ConfigReader& reader, std::span<const ChannelOption> options,
                                     const Spot& spot, std::string_view prefix,
                                     const ConfigReader::Fields& other);

// Reads them; an option that is given twice is a problem.
void ReadOptions(ConfigReader& reader, const std::vector<GivenOption>& given,
                 ChannelSettings& settings);

}  // namespace ecsward::notify
