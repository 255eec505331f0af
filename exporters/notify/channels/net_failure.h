// What a failed exchange, of HTTP or mail, means for the delivery.
#pragma once

#include "base/net.h"
#include "exporters/notify/channel.h"

namespace ecsward::notify {

// Nothing sent: kRetry, "dns", "connect", "tls", "timeout" (or kRefused, "url"). No answer:
// kUnclear, "timeout" or "no_answer".
Delivery ToDelivery(const NetError& error);

}  // namespace ecsward::notify
