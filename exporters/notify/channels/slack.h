// Slack's incoming webhooks, and what is made after them (Mattermost and others).
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kSlackChannel;

}  // namespace ecsward::notify
