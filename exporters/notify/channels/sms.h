// A message to mobile telephones, by Alibaba Cloud.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kSmsChannel;

}  // namespace ecsward::notify
