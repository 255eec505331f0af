// The settings of a channel before anybody said anything, and a setting out of a text.
#pragma once

#include <string_view>

#include "exporters/notify/channel.h"

namespace ecsward::notify {

// Every option of the kind with its default.
ChannelSettings DefaultSettings(const ChannelSpec& spec);

// A value as it would be written: `true`, `90`, `1m30s`; of a list its items, split at commas. Maps
// cannot be written so: their text is left out. The option's own check has been passed.
// errors: kInvalidArgument saying what is wanted, never with a secret
Result<ChannelSettings::Value> ParseOptionText(const ChannelOption& option, std::string_view text);

}  // namespace ecsward::notify
