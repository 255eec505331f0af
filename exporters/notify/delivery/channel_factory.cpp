#include "exporters/notify/delivery/channel_factory.h"

#include <optional>
#include <utility>

#include "cloud/credentials.h"
#include "cloud/openapi.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

constexpr const char* kUserAgent = "ecsward";

ContentOptions OptionsOf(const RoutingConfig& config, const LabelPairs& host) {
  ContentOptions options;
  options.language = config.language;
  options.templates = config.templates;
  options.external_url = config.external_url;
  options.host = host;
  return options;
}

}  // namespace

struct ChannelFactory::World {
  World(const RoutingConfig& config, const LabelPairs& host, Network* network, const Clock& clock)
      : content(OptionsOf(config, host)) {
    given.clock = &clock;
    given.content = &content;
    if (network == nullptr) return;
    given.http = network;
    given.mailer = network;
    given.digests = network;
    credentials.emplace(*network, clock, cloud::CredentialOptions());
    cloud.emplace(*network, *network, clock, *credentials, kUserAgent);
    given.cloud = &*cloud;
  }

  Content content;
  std::optional<cloud::CredentialChain> credentials;
  std::optional<cloud::OpenApi> cloud;
  ChannelWorld given;
};

ChannelFactory::ChannelFactory(const RoutingConfig& config, const LabelPairs& host,
                               Network* network, const Clock& clock)
    : world_(std::make_shared<World>(config, host, network, clock)) {}

std::shared_ptr<Channel> ChannelFactory::Make(const ChannelConfig& config) const {
  struct Made {
    std::shared_ptr<World> world;  // outlives the channel
    std::unique_ptr<Channel> channel;
  };
  auto made = std::make_shared<Made>();
  made->world = world_;
  made->channel = config.spec->make(config.settings, world_->given);
  Channel* const channel = made->channel.get();
  return {std::move(made), channel};
}

std::string ChannelFactory::CredentialWarning() const {
  return world_->credentials ? world_->credentials->warning() : std::string();
}

}  // namespace ecsward::notify
