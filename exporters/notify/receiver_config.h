// `receivers` of the configuration.
#pragma once

#include <span>
#include <vector>

#include "exporters/notify/channel_config.h"
#include "exporters/notify/config_reader.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

std::vector<Receiver> ReadReceivers(ConfigReader& reader, const Spot& spot,
                                    std::span<const ChannelSpec> channels,
                                    const GlobalDefaults& defaults);

}  // namespace ecsward::notify
