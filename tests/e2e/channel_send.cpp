// Sends notifications through channels as the daemon would: the real network module, signed calls,
// default texts. It stands between a test and the daemon's queue, which would retry and merge.
//
//   channel_send < lines
//
// A line of stdin is one request, a line of stdout what became of it:
//   {"kind": "email", "settings": {"to": ["a@x"], "smarthost": "…", "headers": {"X-A": "b"}},
//    "notification": {…},        as the outbox keeps it (ToJsonText)
//    "attempt": 2, "may_be_there": true, "language": "zh"}
//   {"outcome": "delivered", "reason": "", "problem": "", "messages": 1, "retry_after_ms": null}
// A channel is kept as long as kind and settings stay the same, as the daemon keeps it.
// Environment: ALIBABA_CLOUD_…, ECSWARD_METADATA (the metadata's URL).
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/clock.h"
#include "base/json_fields.h"
#include "base/net.h"
#include "cloud/credentials.h"
#include "cloud/openapi.h"
#include "exporters/notify/channel.h"
#include "exporters/notify/channel_defaults.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

using nlohmann::json;

[[noreturn]] void Die(const std::string& why) {
  std::cerr << "channel_send: " << why << "\n";
  std::exit(2);
}

ChannelSettings::Value ValueOf(const ChannelOption& option, const json& given) {
  ChannelSettings::Value value;
  if (given.is_array()) {
    value.list = given.get<std::vector<std::string>>();
  } else if (given.is_object()) {
    for (const auto& [name, text] : given.items()) {
      value.map.emplace_back(name, text.get<std::string>());
    }
  } else {
    auto read =
        ParseOptionText(option, given.is_string() ? given.get<std::string>() : given.dump());
    if (!read) Die(std::string(option.name) + ": " + read.error().message);
    value = *std::move(read);
  }
  value.given = true;
  return value;
}

ChannelSettings SettingsOf(const ChannelSpec& spec, const json& given) {
  ChannelSettings settings = DefaultSettings(spec);
  for (const auto& [name, value] : given.items()) {
    const ChannelOption* option = nullptr;
    for (const ChannelOption& one : spec.options) {
      if (one.name == name) option = &one;
    }
    if (option == nullptr) Die(std::string(spec.kind) + " has no setting " + name);
    settings.Put(name, ValueOf(*option, value));
  }
  if (spec.check != nullptr) {
    for (const std::string& problem : spec.check(settings)) Die(problem);
  }
  return settings;
}

std::string_view NameOf(Delivery::Outcome outcome) {
  switch (outcome) {
    case Delivery::Outcome::kDelivered:
      return "delivered";
    case Delivery::Outcome::kRetry:
      return "retry";
    case Delivery::Outcome::kUnclear:
      return "unclear";
    case Delivery::Outcome::kRefused:
      return "refused";
  }
  return "";
}

json ToJson(const Delivery& delivery) {
  json object = {{"outcome", NameOf(delivery.outcome)},
                 {"reason", delivery.reason},
                 {"problem", delivery.problem},
                 {"messages", delivery.messages},
                 {"retry_after_ms", nullptr}};
  if (delivery.retry_after) object["retry_after_ms"] = delivery.retry_after->count();
  return object;
}

cloud::CredentialOptions WhereCredentialsAre() {
  cloud::CredentialOptions options;
  if (const char* url = std::getenv("ECSWARD_METADATA")) options.metadata_endpoint = url;
  return options;
}

// All that channels are made with, and the last channel.
class Sender {
 public:
  Sender(Network& network, const json& request)
      : network_(network),
        content_({.language = request.value("language", "zh"),
                  .templates = {},
                  .external_url = "https://ops.example.com",
                  .host = {}}),
        credentials_(network, clock_, WhereCredentialsAre()),
        cloud_(network, network, clock_, credentials_, "ecsward/test") {}

  Delivery Send(const json& request) {
    const std::string wanted = request.at("kind").dump() + request.at("settings").dump();
    if (wanted != made_) {
      const ChannelSpec* spec = FindChannel(TextAt(request, "kind"));
      if (spec == nullptr) Die("no such kind");
      channel_ = spec->make(SettingsOf(*spec, request.at("settings")), World());
      made_ = wanted;
    }
    const auto notification = ParseNotification(request.at("notification").dump());
    if (!notification) Die(notification.error().message);
    return channel_->Send(*notification,
                          {request.value("attempt", 1), FlagAt(request, "may_be_there")});
  }

 private:
  ChannelWorld World() { return {&clock_, &network_, &network_, &network_, &content_, &cloud_}; }

  Network& network_;
  SystemClock clock_;
  Content content_;
  cloud::CredentialChain credentials_;
  cloud::OpenApi cloud_;
  std::string made_;
  std::unique_ptr<Channel> channel_;
};

void SendLines() {
  auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
  if (!network) Die(network.error().message);
  std::unique_ptr<Sender> sender;
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    if (!sender) sender = std::make_unique<Sender>(**network, request);
    std::cout << ToJson(sender->Send(request)).dump() << std::endl;
  }
}

}  // namespace
}  // namespace ecsward::notify

int main() {
  try {
    ecsward::notify::SendLines();
  } catch (const std::exception& error) {
    std::cerr << "channel_send: " << error.what() << "\n";
    return 2;
  }
  return 0;
}
