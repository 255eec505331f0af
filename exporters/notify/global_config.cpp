#include "exporters/notify/global_config.h"

#include <algorithm>
#include <string>

#include "exporters/notify/option_config.h"

namespace ecsward::notify {
namespace {

// Alertmanager's key and the option that it is a default of.
struct GlobalKey {
  std::string_view key, kind, option;
};
constexpr GlobalKey kGlobalKeys[] = {
    {"smtp_smarthost", "email", "smarthost"},
    {"smtp_from", "email", "from"},
    {"smtp_hello", "email", "hello"},
    {"smtp_auth_username", "email", "auth_username"},
    {"smtp_auth_password", "email", "auth_password"},
    {"smtp_auth_secret", "email", "auth_secret"},
    {"smtp_auth_identity", "email", "auth_identity"},
    {"smtp_require_tls", "email", "require_tls"},
    {"slack_api_url", "slack", "api_url"},
};
constexpr std::string_view kHttpConfig = "http_config";
constexpr std::string_view kResolveTimeout = "resolve_timeout";
// Of kinds that are not here.
constexpr std::string_view kOthers[] = {
    "opsgenie_api_key", "opsgenie_api_key_file", "opsgenie_api_url",       "pagerduty_url",
    "telegram_api_url", "victorops_api_key",     "victorops_api_key_file", "victorops_api_url",
    "webex_api_url",    "wechat_api_corp_id",    "wechat_api_secret",      "wechat_api_url"};

const ChannelSpec* FindSpec(std::span<const ChannelSpec> channels, std::string_view kind) {
  const auto it = std::find_if(channels.begin(), channels.end(),
                               [kind](const ChannelSpec& spec) { return spec.kind == kind; });
  return it == channels.end() ? nullptr : &*it;
}

const ChannelOption* FindOption(const ChannelSpec* spec, std::string_view name) {
  if (spec == nullptr) return nullptr;
  const auto it = std::find_if(spec->options.begin(), spec->options.end(),
                               [name](const ChannelOption& option) { return option.name == name; });
  return it == spec->options.end() ? nullptr : &*it;
}

class GlobalReader {
 public:
  GlobalReader(ConfigReader& reader, std::span<const ChannelSpec> channels,
               GlobalDefaults& defaults)
      : reader_(reader), channels_(channels), defaults_(defaults) {}

  void Read(const Spot& spot, std::chrono::milliseconds& resolve_timeout) {
    for (const NamedSpot& entry : reader_.Entries(spot)) {
      const bool says = !entry.spot.node.IsNull();
      if (entry.name == kResolveTimeout) {
        if (says) reader_.Duration(entry.spot, resolve_timeout);
      } else if (entry.name == kHttpConfig) {
        if (says) ReadHttpConfig(entry.spot);
      } else {
        ReadKey(entry);
      }
    }
  }

 private:
  void ReadKey(const NamedSpot& entry) {
    for (const GlobalKey& key : kGlobalKeys) {
      const ChannelSpec* spec = FindSpec(channels_, key.kind);
      const ChannelOption* option = FindOption(spec, key.option);
      const bool file =
          option != nullptr && IsSecret(*option) && entry.name == std::string(key.key) + "_file";
      if (entry.name != key.key && !file) continue;
      if (option == nullptr) break;
      if (!entry.spot.node.IsNull()) Put(*spec, *option, entry.spot, file);
      return;
    }
    Unknown(entry);
  }

  void Put(const ChannelSpec& spec, const ChannelOption& option, const Spot& spot, bool file) {
    auto value = ReadOption(reader_, option, spot, file);
    if (!defaults_.values.emplace(std::pair(spec.kind, option.name), std::move(value)).second) {
      reader_.Add(spot, "want this key or the one with _file, not both");
    }
  }

  // For each kind that has one. What one of them does not know, another may.
  void ReadHttpConfig(const Spot& spot) {
    bool read = false;
    for (const ChannelSpec& spec : channels_) {
      const bool has = std::any_of(spec.options.begin(), spec.options.end(), [](const auto& o) {
        return o.name.starts_with("http_config.");
      });
      if (!has) continue;
      read = true;
      for (const GivenOption& one : FindOptions(reader_, spec.options, spot, "http_config.", {})) {
        Put(spec, *one.option, one.spot, one.from_file);
      }
    }
    if (!read) reader_.Add(spot, "not supported here");
  }

  void Unknown(const NamedSpot& entry) {
    std::vector<std::string_view> known = {kResolveTimeout, kHttpConfig};
    bool theirs =
        std::find(std::begin(kOthers), std::end(kOthers), entry.name) != std::end(kOthers);
    for (const GlobalKey& key : kGlobalKeys) {
      if (entry.name == key.key || entry.name == std::string(key.key) + "_file") theirs = true;
      known.push_back(key.key);
    }
    if (theirs) {
      reader_.Add(entry.key_place, entry.spot.path, "not supported here");
    } else {
      reader_.UnknownKey(entry, known);
    }
  }

  ConfigReader& reader_;
  std::span<const ChannelSpec> channels_;
  GlobalDefaults& defaults_;
};

}  // namespace

void ReadGlobal(ConfigReader& reader, const Spot& spot, std::span<const ChannelSpec> channels,
                std::chrono::milliseconds& resolve_timeout, GlobalDefaults& defaults) {
  GlobalReader(reader, channels, defaults).Read(spot, resolve_timeout);
}

}  // namespace ecsward::notify
