#include "tests/unit/exporters/notify/vendor_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>

#include "exporters/notify/channel_defaults.h"

namespace ecsward::notify {
namespace {

std::string Decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

void AddParameters(std::string_view encoded, SeenCall& call) {
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(pair.size() + 1, encoded.size()));
    const auto equals = pair.find('=');
    call.parameters.emplace_back(Decoded(pair.substr(0, equals)), Decoded(pair.substr(equals + 1)));
  }
}

cloud::CredentialOptions Keys() {
  cloud::CredentialOptions options;
  options.environment = [](const char* name) -> std::string {
    const std::string_view wanted = name;
    if (wanted == "ALIBABA_CLOUD_ACCESS_KEY_ID") return "FAKEakid";
    if (wanted == "ALIBABA_CLOUD_ACCESS_KEY_SECRET") return "FAKEsecret";
    return "";
  };
  return options;
}

}  // namespace

VendorSettings::VendorSettings(const ChannelSpec& spec)
    : spec_(spec), settings_(DefaultSettings(spec)) {}

const ChannelOption& VendorSettings::Option(std::string_view name) const {
  const auto option = std::find_if(spec_.options.begin(), spec_.options.end(),
                                   [&](const ChannelOption& one) { return one.name == name; });
  if (option == spec_.options.end()) throw std::logic_error("no option " + std::string(name));
  return *option;
}

VendorSettings& VendorSettings::Text(std::string_view name, std::string text) {
  auto value = ParseOptionText(Option(name), text);
  EXPECT_TRUE(value.has_value()) << name;
  value->given = true;
  settings_.Put(name, *std::move(value));
  return *this;
}

VendorSettings& VendorSettings::List(std::string_view name, std::vector<std::string> list) {
  ChannelSettings::Value value;
  value.list = std::move(list);
  value.given = true;
  settings_.Put(Option(name).name, std::move(value));
  return *this;
}

VendorSettings& VendorSettings::Map(std::string_view name,
                                    std::vector<std::pair<std::string, std::string>> map) {
  ChannelSettings::Value value;
  value.map = std::move(map);
  value.given = true;
  settings_.Put(Option(name).name, std::move(value));
  return *this;
}

std::string VendorSettings::Problem(std::string_view name, std::string_view value) const {
  const auto checked = Option(name).check(value);
  return checked ? "" : checked.error().message;
}

VendorWorld::VendorWorld()
    : content({.language = "zh", .templates = {}, .external_url = "https://e.example", .host = {}}),
      credentials(http, clock, Keys()),
      cloud(http, digests, clock, credentials, "ecsward/test") {}

ChannelWorld VendorWorld::world() {
  ChannelWorld world;
  world.clock = &clock;
  world.http = &http;
  world.mailer = &mailer;
  world.digests = &digests;
  world.content = &content;
  world.cloud = &cloud;
  return world;
}

std::unique_ptr<Channel> VendorWorld::Make(const ChannelSpec& spec,
                                           const VendorSettings& settings) {
  return spec.make(settings.get(), world());
}

Notification DiskFull(std::string id) {
  NotifiedAlert alert;
  alert.labels = {{"alertname", "DiskFull"}, {"hostname", "web-1"}};
  alert.annotations = {{"summary", "磁盘将满"}};
  alert.starts_at_ms = 1'699'999'940'000;
  alert.value = 0.97;
  GroupNotice group;
  group.group_key = "{}:{alertname=\"DiskFull\"}";
  group.group_labels = {{"alertname", "DiskFull"}};
  group.alerts = {alert};
  group.at_ms = 1'700'000'000'000;
  Notification notification;
  notification.id = std::move(id);
  notification.receiver = "ops";
  notification.groups = {group};
  return notification;
}

std::string SeenCall::operator[](std::string_view name) const {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return "";
}

SeenCall Seen(const HttpRequest& request) {
  SeenCall call;
  for (const auto& [name, value] : request.headers) {
    if (name == "x-acs-action") call.action = value;
  }
  const std::string& url = request.url.Reveal();
  const auto host = url.find("//") + 2;
  call.host = url.substr(host, url.find('/', host) - host);
  if (const auto query = url.find('?'); query != std::string::npos) {
    AddParameters(std::string_view(url).substr(query + 1), call);
  }
  AddParameters(request.body, call);
  return call;
}

std::vector<std::string> Actions(const FakeHttp& http) {
  std::vector<std::string> actions;
  for (const HttpRequest& request : http.Requests()) actions.push_back(Seen(request).action);
  return actions;
}

}  // namespace ecsward::notify
