// A mail by Alibaba Cloud's DirectMail.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kDirectmailChannel;

}  // namespace ecsward::notify
