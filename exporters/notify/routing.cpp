#include "exporters/notify/routing.h"

#include <fmt/format.h>

#include <algorithm>

namespace ecsward::notify {

std::string ChannelKey(std::string_view receiver, const ChannelConfig& channel) {
  return fmt::format("{}/{}[{}]", receiver, channel.spec->kind, channel.index);
}

const Receiver* RoutingConfig::Find(std::string_view receiver) const {
  const auto it = std::find_if(receivers.begin(), receivers.end(),
                               [&](const Receiver& one) { return one.name == receiver; });
  return it == receivers.end() ? nullptr : &*it;
}

}  // namespace ecsward::notify
