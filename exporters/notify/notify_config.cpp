#include "exporters/notify/notify_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "exporters/notify/config_links.h"
#include "exporters/notify/config_reader.h"
#include "exporters/notify/content.h"
#include "exporters/notify/global_config.h"
#include "exporters/notify/interval_config.h"
#include "exporters/notify/option_config.h"
#include "exporters/notify/receiver_config.h"
#include "exporters/notify/route_config.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kMaxTemplateFiles = 1000;

class NotifyReader {
 public:
  NotifyReader(const ConfigFiles* files, std::span<const ChannelSpec> channels)
      : reader_(files), channels_(channels) {}

  ParsedNotify Read(const YAML::Node& alerting) {
    if (alerting.IsMap()) FindKeys(alerting);
    // In this order: receivers need what is global.
    ReadKey("global", [this](const Spot& s) {
      ReadGlobal(reader_, s, channels_, config_.resolve_timeout, defaults_);
    });
    ReadKey("receivers", [this](const Spot& s) {
      config_.receivers = ReadReceivers(reader_, s, channels_, defaults_);
    });
    ReadKey("route", [this](const Spot& s) { config_.route = ReadRouteTree(reader_, s); });
    ReadKey("inhibit_rules",
            [this](const Spot& s) { config_.inhibit_rules = ReadInhibitRules(reader_, s); });
    for (const char* key : {"mute_time_intervals", "time_intervals"}) {
      ReadKey(key,
              [this](const Spot& s) { ReadTimeIntervals(reader_, s, config_.time_intervals); });
    }
    ReadKey("templates", [this](const Spot& s) { ReadTemplates(s); });
    ReadKey("heartbeat", [this](const Spot& s) { ReadHeartbeat(s); });
    CheckLinks(reader_, config_);
    if (!config_.route && !config_.receivers.empty()) {
      reader_.Add(keys_.at("receivers"), "there are receivers, but no route that leads to them");
    }
    if (reader_.exhausted()) {
      reader_.Add({}, "alerting", "its aliases unfold to more than a configuration may hold");
    }
    return {std::move(config_), reader_.TakeProblems()};
  }

 private:
  void FindKeys(const YAML::Node& alerting) {
    for (const auto& entry : alerting) {
      if (!entry.first.IsScalar() || !IsNotifyKey(entry.first.Scalar())) continue;
      const YamlPlace key = PlaceOf(entry.first), value = PlaceOf(entry.second);
      if (entry.second.IsNull()) continue;
      keys_.emplace(entry.first.Scalar(), Spot{entry.second, value.line > 0 ? value : key,
                                               "alerting." + entry.first.Scalar()});
    }
  }

  template <class Read>
  void ReadKey(std::string_view key, const Read& read) {
    if (const auto it = keys_.find(key); it != keys_.end()) read(it->second);
  }

  void ReadTemplates(const Spot& spot) {
    std::set<std::string> seen;
    for (const Spot& item : reader_.Items(spot)) {
      std::string pattern;
      if (!reader_.Text(item, pattern)) continue;
      if (pattern.empty() || pattern.find('\0') != std::string::npos) {
        reader_.Add(item, "want the name of a file, shell patterns allowed");
        continue;
      }
      if (reader_.files() == nullptr) continue;
      for (const std::string& name : reader_.files()->Matching(pattern)) {
        if (!seen.insert(name).second) continue;
        if (seen.size() > kMaxTemplateFiles) {
          reader_.Add(item, fmt::format("more than {} files", kMaxTemplateFiles));
          return;
        }
        ReadTemplate(item, name);
      }
    }
  }

  void ReadTemplate(const Spot& spot, const std::string& name) {
    auto text = reader_.files()->ReadText(name);
    if (!text) {
      reader_.Add(spot, text.error().message);
      return;
    }
    config_.templates.emplace_back(name, std::move(*text));
    // Alone, so that the problem stands at the file's own place.
    if (const auto ok = CheckTemplateFiles({config_.templates.back()}); !ok) {
      reader_.Add(spot, ok.error().message);
    }
  }

  void ReadHeartbeat(const Spot& spot) {
    Heartbeat& heartbeat = config_.heartbeat;
    static constexpr ChannelOption kUrl{"url", OptionKind::kSecretUrl, "", "what is asked for",
                                        true};
    const ConfigReader::Fields others = {
        {"method", [&](const Spot& s) { ReadMethod(s, heartbeat.method); }},
        {"interval",
         [&](const Spot& s) {
           reader_.PositiveDuration(s, heartbeat.interval);
           if (heartbeat.interval < std::chrono::seconds(1)) reader_.Add(s, "want at least 1s");
         }},
        {"timeout", [&](const Spot& s) { reader_.PositiveDuration(s, heartbeat.timeout); }},
        {"ca_file", [&](const Spot& s) { reader_.File(s, heartbeat.ca_file); }}};
    const auto given = FindOptions(reader_, std::span(&kUrl, 1), spot, "", others);
    ChannelSettings settings;
    settings.Put("url", {});
    ReadOptions(reader_, given, settings);
    heartbeat.url = settings.SecretOf("url");
    if (given.empty() && !reader_.HasProblemAt(spot.path)) {
      reader_.Add(spot.place, spot.path + ".url", "missing");
    }
  }

  void ReadMethod(const Spot& spot, std::string& into) {
    std::string method;
    if (!reader_.Text(spot, method)) return;
    constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT"};
    if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods)) {
      reader_.Add(spot, fmt::format("want GET, HEAD, POST or PUT, got \"{}\"", Shown(method)));
      return;
    }
    into = std::move(method);
  }

  ConfigReader reader_;
  std::span<const ChannelSpec> channels_;
  std::map<std::string, Spot, std::less<>> keys_;
  GlobalDefaults defaults_;
  RoutingConfig config_;
};

}  // namespace

std::span<const std::string_view> NotifyKeys() {
  static constexpr std::string_view kKeys[] = {
      "global",         "templates",           "route",    "receivers", "inhibit_rules",
      "time_intervals", "mute_time_intervals", "heartbeat"};
  return kKeys;
}

bool IsNotifyKey(std::string_view key) {
  const auto keys = NotifyKeys();
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

ParsedNotify ParseNotify(const YAML::Node& alerting, const ConfigFiles* files,
                         std::optional<std::span<const ChannelSpec>> channels) {
  return NotifyReader(files, channels ? *channels : AllChannels()).Read(alerting);
}

ParsedNotify ParseNotify(const YAML::Node& alerting, const std::string& folder) {
  const HostConfigFiles files(folder);
  return ParseNotify(alerting, &files);
}

}  // namespace ecsward::notify
