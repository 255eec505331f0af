// One outcome of several requests.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "exporters/notify/channel.h"

namespace ecsward::notify {

// What is tried again stands above what is given up, and that above what was done: as long as there
// is a chance for one, all is tried again (those reached are left out, see reached.h). When nothing
// can be tried again and somebody was reached, the notification was delivered; `problem` tells of
// the others.
class SeveralDeliveries {
 public:
  void Add(Delivery one) {
    messages_ += one.messages;
    if (one.outcome == Delivery::Outcome::kDelivered) {
      reached_ = true;
      return;
    }
    ++failed_;
    if (failed_ == 1 || Weight(one.outcome) > Weight(worst_.outcome)) worst_ = std::move(one);
  }
  void AddReachedBefore() { reached_ = true; }

  Delivery Sum() && {
    worst_.messages = messages_;
    if (failed_ > 1) worst_.problem += fmt::format(" (and {} more)", failed_ - 1);
    if (failed_ == 0 || (reached_ && worst_.outcome == Delivery::Outcome::kRefused)) {
      worst_.outcome = Delivery::Outcome::kDelivered;
    }
    return std::move(worst_);
  }

 private:
  static int Weight(Delivery::Outcome outcome) {
    switch (outcome) {
      case Delivery::Outcome::kDelivered:
        return 0;
      case Delivery::Outcome::kRefused:
        return 1;
      case Delivery::Outcome::kRetry:
        return 2;
      case Delivery::Outcome::kUnclear:
        return 3;
    }
    return 0;
  }

  Delivery worst_;
  int messages_ = 0, failed_ = 0;
  bool reached_ = false;
};

}  // namespace ecsward::notify
