#include "exporters/notify/channels/net_failure.h"

#include "exporters/notify/channels/one_line.h"

namespace ecsward::notify {
namespace {

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

}  // namespace

Delivery ToDelivery(const NetError& error) {
  using Outcome = Delivery::Outcome;
  Delivery delivery;
  delivery.problem = ShortLine(error.error.message, 200);
  if (error.stage == NetStage::kMaybeSent) {
    delivery.outcome = Outcome::kUnclear;
    delivery.reason = error.error.code == ErrorCode::kTimeout ? "timeout" : "no_answer";
  } else if (error.error.code == ErrorCode::kInvalidArgument) {
    delivery.outcome = Outcome::kRefused;
    delivery.reason = "url";
  } else {
    delivery.outcome = Outcome::kRetry;
    delivery.reason = ReasonOf(error.error.code);
  }
  return delivery;
}

}  // namespace ecsward::notify
