// `global` of the configuration: what Alertmanager has there become defaults of channels' options.
#pragma once

#include <chrono>
#include <span>

#include "exporters/notify/channel_config.h"
#include "exporters/notify/config_reader.h"

namespace ecsward::notify {

void ReadGlobal(ConfigReader& reader, const Spot& spot, std::span<const ChannelSpec> channels,
                std::chrono::milliseconds& resolve_timeout, GlobalDefaults& defaults);

}  // namespace ecsward::notify
