// What the channels of mail, Alibaba Cloud and commands need, made up: answers as told, keys, a
// clock that stands.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cloud/openapi.h"
#include "exporters/notify/channel.h"
#include "exporters/notify/content.h"
#include "exporters/notify/notification.h"
#include "tests/unit/base/fake_network.h"

namespace ecsward::notify {

// A channel's settings in the making: the kind's defaults, then what is given.
class VendorSettings {
 public:
  explicit VendorSettings(const ChannelSpec& spec);

  VendorSettings& Text(std::string_view name, std::string text);
  VendorSettings& List(std::string_view name, std::vector<std::string> list);
  VendorSettings& Map(std::string_view name, std::vector<std::pair<std::string, std::string>> map);

  const ChannelSettings& get() const { return settings_; }
  std::vector<std::string> Problems() const { return spec_.check(settings_); }
  // What the option's own check says of a value; "" when it is fine.
  std::string Problem(std::string_view name, std::string_view value) const;

 private:
  const ChannelOption& Option(std::string_view name) const;
  const ChannelSpec& spec_;
  ChannelSettings settings_;
};

class VendorWorld {
 public:
  VendorWorld();

  std::unique_ptr<Channel> Make(const ChannelSpec& spec, const VendorSettings& settings);
  ChannelWorld world();

  FakeClock clock;  // 2023-11-14 22:13:20 UTC; in Beijing it is the 15th already
  FakeHttp http;
  FakeMailer mailer;
  TestDigests digests;
  Content content;
  cloud::CredentialChain credentials;
  cloud::OpenApi cloud;
};

// One alert "DiskFull" of web-1, firing, in its group; decided when the clock stands.
Notification DiskFull(std::string id = "0123456789abcdef");

// A signed call as the service sees it.
struct SeenCall {
  std::string action, host;
  std::vector<std::pair<std::string, std::string>> parameters;  // of query and form, decoded
  std::string operator[](std::string_view name) const;          // "" where it is not
};
SeenCall Seen(const HttpRequest& request);
std::vector<std::string> Actions(const FakeHttp& http);

}  // namespace ecsward::notify
