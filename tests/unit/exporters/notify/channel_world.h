// What a channel needs, made up: a network that answers as told, a clock that stands, and
// notifications of a few words.
#pragma once

#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "exporters/notify/channel.h"
#include "exporters/notify/content.h"
#include "exporters/notify/notification.h"
#include "tests/unit/base/fake_network.h"

namespace ecsward::notify {

using Json = nlohmann::ordered_json;
using SettingTexts = std::vector<std::pair<std::string, std::string>>;

// 2023-11-14 22:13:20 UTC, as FakeClock begins.
inline constexpr std::int64_t kNowMs = 1'700'000'000'000;

class FakeChannelWorld {
 public:
  explicit FakeChannelWorld(std::string language = "zh");

  FakeClock clock;
  FakeHttp http;
  TestDigests digests;
  Content content;

  ChannelWorld world();
  // The kind's defaults and these, as ParseOptionText reads them. A map is `a=b`.
  std::unique_ptr<Channel> Make(std::string_view kind, const SettingTexts& texts);

  // Of the only, or the last, request.
  HttpRequest LastRequest() const;
  Json LastBody() const;
};

ChannelSettings SettingsOf(std::string_view kind, const SettingTexts& texts);
// What the kind's own check says of them.
std::vector<std::string> ProblemsOf(std::string_view kind, const SettingTexts& texts);
std::string_view HeaderOf(const HttpRequest& request, std::string_view name);

NotifiedAlert FiringAlert(std::string_view name, std::string_view instance = "web-1");
NotifiedAlert ResolvedAlert(std::string_view name, std::string_view instance = "web-1");
// One group by alertname.
Notification NoticeOf(std::vector<NotifiedAlert> alerts);
// So many firing alerts, told in Chinese.
Notification BigNotice(int alerts);

}  // namespace ecsward::notify
