#include "exporters/notify/receiver_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ecsward::notify {
namespace {

constexpr std::string_view kConfigs = "_configs";
constexpr std::size_t kChannelCost = 8192;  // what one weighs besides its texts
constexpr std::size_t kMaxNameBytes = 200;

// Alertmanager's kinds that are not here.
constexpr std::string_view kOthers[] = {"discord", "msteams",  "opsgenie",  "pagerduty", "pushover",
                                        "sns",     "telegram", "victorops", "webex",     "wechat"};

class ReceiversReader {
 public:
  ReceiversReader(ConfigReader& reader, std::span<const ChannelSpec> channels,
                  const GlobalDefaults& defaults)
      : reader_(reader), channels_(channels), defaults_(defaults) {}

  Receiver Read(const Spot& spot) {
    Receiver receiver;
    const auto entries = reader_.Entries(spot);
    // The name first: channels' messages and references have it in them.
    for (const NamedSpot& entry : entries) {
      if (entry.name == "name" && !entry.spot.node.IsNull()) ReadName(entry.spot, receiver.name);
    }
    if (receiver.name.empty() && !reader_.HasProblemAt(spot.path + ".name")) {
      reader_.Add(spot, "want a name");
    }
    for (const NamedSpot& entry : entries) {
      if (entry.name == "name") continue;
      if (const ChannelSpec* spec = KindOfKey(entry.name)) {
        if (!entry.spot.node.IsNull()) ReadEntries(*spec, entry.spot, receiver);
      } else {
        Unknown(entry);
      }
    }
    return receiver;
  }

 private:
  const ChannelSpec* KindOfKey(std::string_view key) const {
    for (const ChannelSpec& spec : channels_) {
      if (key.size() == spec.kind.size() + kConfigs.size() && key.starts_with(spec.kind) &&
          key.ends_with(kConfigs)) {
        return &spec;
      }
    }
    return nullptr;
  }

  void ReadName(const Spot& spot, std::string& name) {
    if (!reader_.Text(spot, name)) return;
    const bool plain = std::none_of(name.begin(), name.end(), [](char c) {
      return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
    });
    if (!plain || name.size() > kMaxNameBytes) {
      reader_.Add(spot, fmt::format("want a name without control characters, of at most {} bytes",
                                    kMaxNameBytes));
    } else if (!name.empty() && !names_.insert(name).second) {
      reader_.Add(spot, fmt::format("a receiver \"{}\" is there already", Shown(name)));
    }
  }

  void ReadEntries(const ChannelSpec& spec, const Spot& spot, Receiver& receiver) {
    int index = 0;
    for (const Spot& item : reader_.Items(spot)) {
      if (!reader_.Spend(kChannelCost)) return;
      receiver.channels.push_back(ReadChannel(reader_, spec, item, defaults_, receiver.name));
      receiver.channels.back().index = index++;
    }
  }

  void Unknown(const NamedSpot& entry) {
    const std::string_view key = entry.name;
    for (const std::string_view kind : kOthers) {
      if (!key.ends_with(kConfigs) || key.substr(0, key.size() - kConfigs.size()) != kind) continue;
      reader_.Add(entry.key_place, entry.spot.path,
                  kind == "wechat" ? "not supported here; wecom_configs are for WeCom's robots"
                                   : "not supported here; webhook_configs can hand alerts on");
      return;
    }
    std::vector<std::string> keys;
    for (const ChannelSpec& spec : channels_) keys.push_back(std::string(spec.kind) + "_configs");
    std::vector<std::string_view> known(keys.begin(), keys.end());
    known.emplace_back("name");
    reader_.UnknownKey(entry, known);
  }

  ConfigReader& reader_;
  std::span<const ChannelSpec> channels_;
  const GlobalDefaults& defaults_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace

std::vector<Receiver> ReadReceivers(ConfigReader& reader, const Spot& spot,
                                    std::span<const ChannelSpec> channels,
                                    const GlobalDefaults& defaults) {
  std::vector<Receiver> receivers;
  ReceiversReader receivers_reader(reader, channels, defaults);
  for (const Spot& item : reader.Items(spot)) {
    if (reader.exhausted()) break;
    receivers.push_back(receivers_reader.Read(item));
  }
  return receivers;
}

}  // namespace ecsward::notify
