// What a failed exchange, of HTTP or mail, means for the delivery.
#pragma once

#include "base/net.h"
#include "exporters/notify/channel.h"

namespace ecsward::notify {

// "timeout", "tls", "dns", "connect".
std::string_view ReasonOf(ErrorCode code);
// kNotSent: kRetry. kMaybeSent: kUnclear.
Delivery ToDelivery(const NetError& error);

}  // namespace ecsward::notify
