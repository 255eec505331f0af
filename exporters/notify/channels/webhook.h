// Alertmanager's webhook receiver: its JSON of version 4 to any URL, or a body of one's own.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kWebhookChannel;

}  // namespace ecsward::notify
