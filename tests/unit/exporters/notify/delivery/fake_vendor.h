// A kind of channel that a test answers for, and configurations that use it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/notify/routing.h"

namespace ecsward::notify {

// One at a time; every channel of kind "fake" sends to it.
class FakeVendor {
 public:
  struct Message {
    std::string channel;  // its key
    Notification notification;
    Attempt attempt;
  };
  // Called in the thread that sends. The default delivers everything.
  using Answer = std::function<Delivery(const Message&)>;

  FakeVendor();
  ~FakeVendor();
  FakeVendor(const FakeVendor&) = delete;
  FakeVendor& operator=(const FakeVendor&) = delete;

  Answer answer;

  static Delivery Fails(Delivery::Outcome outcome = Delivery::Outcome::kRetry,
                        std::string problem = "no route to host");
  static const ChannelSpec& Spec();
};

// The `index`th channel of that receiver.
ChannelConfig FakeChannel(const std::string& receiver, int index = 0);

// `alertname fires|resolved`, a word for each alert of each group, in order.
std::vector<std::string> Words(const Notification& notification);

}  // namespace ecsward::notify
