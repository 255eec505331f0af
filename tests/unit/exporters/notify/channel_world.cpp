#include "tests/unit/exporters/notify/channel_world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "exporters/notify/channel_defaults.h"

namespace ecsward::notify {
namespace {

NotifiedAlert AlertOf(std::string_view name, std::string_view instance) {
  NotifiedAlert alert;
  alert.labels = {{"alertname", std::string(name)}, {"instance", std::string(instance)}};
  alert.annotations = {{"summary", "磁盘将满"}};
  alert.starts_at_ms = kNowMs - 60'000;
  alert.generator_url = "http://127.0.0.1:9100/graph";
  alert.value = 0.97;
  return alert;
}

}  // namespace

FakeChannelWorld::FakeChannelWorld(std::string language)
    : content({.language = std::move(language),
               .templates = {},
               .external_url = "https://ops.example.com",
               .host = {}}) {}

ChannelWorld FakeChannelWorld::world() {
  ChannelWorld world;
  world.clock = &clock;
  world.http = &http;
  world.digests = &digests;
  world.content = &content;
  return world;
}

std::unique_ptr<Channel> FakeChannelWorld::Make(std::string_view kind, const SettingTexts& texts) {
  return FindChannel(kind)->make(SettingsOf(kind, texts), world());
}

HttpRequest FakeChannelWorld::LastRequest() const { return http.Requests().back(); }

Json FakeChannelWorld::LastBody() const { return Json::parse(LastRequest().body); }

ChannelSettings SettingsOf(std::string_view kind, const SettingTexts& texts) {
  const ChannelSpec& spec = *FindChannel(kind);
  ChannelSettings settings = DefaultSettings(spec);
  for (const auto& [name, text] : texts) {
    const auto option =
        std::find_if(spec.options.begin(), spec.options.end(),
                     [&name = name](const ChannelOption& one) { return one.name == name; });
    if (option == spec.options.end()) {
      ADD_FAILURE() << kind << " has no option " << name;
      continue;
    }
    auto value = ParseOptionText(*option, text);
    EXPECT_TRUE(value.has_value()) << name;
    value->given = true;
    if (option->kind == OptionKind::kTemplateMap) {
      const std::size_t equals = text.find('=');
      value->map = {{text.substr(0, equals), text.substr(equals + 1)}};
    }
    settings.Put(name, *value);
  }
  return settings;
}

std::vector<std::string> ProblemsOf(std::string_view kind, const SettingTexts& texts) {
  return FindChannel(kind)->check(SettingsOf(kind, texts));
}

std::string_view HeaderOf(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}

NotifiedAlert FiringAlert(std::string_view name, std::string_view instance) {
  return AlertOf(name, instance);
}

NotifiedAlert ResolvedAlert(std::string_view name, std::string_view instance) {
  NotifiedAlert alert = AlertOf(name, instance);
  alert.ends_at_ms = kNowMs - 1'000;
  return alert;
}

Notification NoticeOf(std::vector<NotifiedAlert> alerts) {
  Notification notification;
  notification.id = "0123456789abcdef";
  notification.receiver = "ops";
  GroupNotice group;
  const std::string name(Get(alerts.front().labels, "alertname"));
  group.group_key = fmt::format("{{}}:{{alertname=\"{}\"}}", name);
  group.group_labels = {{"alertname", name}};
  group.alerts = std::move(alerts);
  group.at_ms = kNowMs;
  notification.groups.push_back(std::move(group));
  return notification;
}

Notification BigNotice(int alerts) {
  std::vector<NotifiedAlert> all;
  for (int i = 0; i < alerts; ++i) {
    all.push_back(FiringAlert("DiskFull", fmt::format("web-{}", i)));
    all.back().annotations = {{"summary", "磁盘“/数据”将满，请尽快清理\n或扩容"}};
  }
  return NoticeOf(std::move(all));
}

}  // namespace ecsward::notify
