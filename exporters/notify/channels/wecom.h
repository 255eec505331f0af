// A robot in a WeCom (企业微信) group.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kWecomChannel;

}  // namespace ecsward::notify
