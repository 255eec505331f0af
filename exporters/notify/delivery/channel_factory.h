// Makes channels out of the configuration, with the world that they need: texts, network, signed
// calls.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/net.h"
#include "exporters/notify/channel.h"
#include "exporters/notify/routing.h"

namespace ecsward::notify {

// Channels keep what they need alive, so that one may send while the configuration changes.
class ChannelFactory {
 public:
  // `network` (null: there is none) and `clock` outlive all channels.
  ChannelFactory(const RoutingConfig& config, const LabelPairs& host, Network* network,
                 const Clock& clock);
  std::shared_ptr<Channel> Make(const ChannelConfig& config) const;
  // What a person should hear of Alibaba Cloud's keys; empty when all is well.
  std::string CredentialWarning() const;

 private:
  struct World;
  std::shared_ptr<World> world_;
};

}  // namespace ecsward::notify
