// A robot in a Feishu or Lark group.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kFeishuChannel;

}  // namespace ecsward::notify
