// A robot in a DingTalk group.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kDingtalkChannel;

}  // namespace ecsward::notify
