// A mail through an SMTP relay.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kEmailChannel;

}  // namespace ecsward::notify
