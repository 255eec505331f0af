#include "exporters/notify/channels/net_failure.h"

#include "exporters/notify/channels/one_line.h"

namespace ecsward::notify {

std::string_view ReasonOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kDenied:
      return "tls";
    case ErrorCode::kNotFound:
      return "dns";
    default:
      return "connect";
  }
}

Delivery ToDelivery(const NetError& error) {
  Delivery delivery;
  delivery.outcome =
      error.stage == NetStage::kNotSent ? Delivery::Outcome::kRetry : Delivery::Outcome::kUnclear;
  delivery.reason = ReasonOf(error.error.code);
  delivery.problem = ShortLine(error.error.message, 200);
  return delivery;
}

}  // namespace ecsward::notify
