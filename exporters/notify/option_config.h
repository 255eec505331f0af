// The value of one option of a channel, as it stands in the file.
#pragma once

#include "exporters/notify/channel.h"
#include "exporters/notify/config_reader.h"

namespace ecsward::notify {

bool IsSecret(const ChannelOption& option);

// `from_file`: the option is a secret, and `spot` says in which file it is. With a problem
// nothing is `given`. No secret gets into a problem.
ChannelSettings::Value ReadOption(ConfigReader& reader, const ChannelOption& option,
                                  const Spot& spot, bool from_file);

}  // namespace ecsward::notify
