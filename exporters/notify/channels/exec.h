// A command on this host.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kExecChannel;

}  // namespace ecsward::notify
