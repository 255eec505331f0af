// A telephone call, by Alibaba Cloud.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kVoiceChannel;

}  // namespace ecsward::notify
