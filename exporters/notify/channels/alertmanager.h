// Alerts to Alertmanager, for those who run one: it groups, silences and sends. Several peers of a
// cluster may be given.
#pragma once

#include "exporters/notify/channel.h"

namespace ecsward::notify {

extern const ChannelSpec kAlertmanagerChannel;

}  // namespace ecsward::notify
