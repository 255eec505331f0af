#include "exporters/notify/channel_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "exporters/notify/channel_defaults.h"
#include "exporters/notify/option_config.h"

namespace ecsward::notify {
namespace {

constexpr std::string_view kFile = "_file";

// What Alertmanager has and no channel here, as far as it is likely to be met: a suggestion of
// another key would mislead.
constexpr std::string_view kTheirsAlone[] = {"actions",
                                             "attachments",
                                             "bearer_token",
                                             "bearer_token_file",
                                             "cert_file",
                                             "fields",
                                             "http_config",
                                             "key_file",
                                             "max_version",
                                             "min_version",
                                             "no_proxy",
                                             "oauth2",
                                             "server_name",
                                             "tls_config",
                                             "proxy_from_environment",
                                             "proxy_connect_header",
                                             "callback_id",
                                             "image_url",
                                             "thumb_url",
                                             "mrkdwn_in",
                                             "auth_secret",
                                             "auth_identity"};

class OptionFinder {
 public:
  OptionFinder(ConfigReader& reader, std::span<const ChannelOption> options,
               const ConfigReader::Fields& other)
      : reader_(reader), options_(options), other_(other) {}

  void Find(const Spot& spot, const std::string& prefix) {
    for (const NamedSpot& entry : reader_.Entries(spot)) {
      if (!TakenByOther(entry, prefix)) Take(entry, prefix);
    }
  }

  std::vector<GivenOption> found;

 private:
  bool TakenByOther(const NamedSpot& entry, const std::string& prefix) {
    const auto field = std::find_if(other_.begin(), other_.end(), [&](const auto& f) {
      return f.first.size() == prefix.size() + entry.name.size() && f.first.starts_with(prefix) &&
             f.first.ends_with(entry.name);
    });
    if (field == other_.end()) return false;
    if (!entry.spot.node.IsNull()) field->second(entry.spot);
    return true;
  }

  void Take(const NamedSpot& entry, const std::string& prefix) {
    const std::string name = prefix + entry.name;
    for (const ChannelOption& option : options_) {
      const bool file = IsSecret(option) && name.size() == option.name.size() + kFile.size() &&
                        name.starts_with(option.name) && name.ends_with(kFile);
      if (!file && option.name != name) continue;
      if (!entry.spot.node.IsNull()) found.push_back({&option, entry.spot, file});
      return;
    }
    const std::string below = name + ".";
    const bool leads_on = std::any_of(options_.begin(), options_.end(),
                                      [&](const auto& o) { return o.name.starts_with(below); });
    if (!leads_on) return Unknown(entry, prefix);
    if (!entry.spot.node.IsNull()) Find(entry.spot, below);
  }

  void Unknown(const NamedSpot& entry, const std::string& prefix) {
    if (entry.name == "insecure_skip_verify") {
      bool insecure = false;
      reader_.Flag(entry.spot, insecure);
      if (insecure) {
        reader_.Add(entry.spot,
                    "certificates are always verified; a ca_file says whom else to trust");
      }
      return;
    }
    if (std::find(std::begin(kTheirsAlone), std::end(kTheirsAlone), entry.name) !=
        std::end(kTheirsAlone)) {
      reader_.Add(entry.key_place, entry.spot.path, "not supported here");
      return;
    }
    std::set<std::string> known;
    for (const ChannelOption& option : options_) {
      if (!option.name.starts_with(prefix)) continue;
      const std::string_view rest = option.name.substr(prefix.size());
      known.emplace(rest.substr(0, rest.find('.')));
      if (IsSecret(option) && rest.find('.') == rest.npos)
        known.insert(std::string(rest) + "_file");
    }
    for (const auto& [name, read] : other_) {
      if (prefix.empty()) known.emplace(name);
    }
    reader_.UnknownKey(entry, {known.begin(), known.end()});
  }

  ConfigReader& reader_;
  std::span<const ChannelOption> options_;
  const ConfigReader::Fields& other_;
};

void ReadCount(ConfigReader& reader, const Spot& spot, std::int64_t& into) {
  reader.Integer(spot, 1, 1'000'000'000, into);
}

void ReadOnward(ConfigReader& reader, const Spot& spot, std::string_view from, bool fallback,
                std::string& into) {
  if (!reader.Text(spot, into)) return;
  reader.uses.onward.push_back({std::string(from), {into, spot}, fallback});
}

void ReadFallback(ConfigReader& reader, const Spot& spot, std::string_view receiver,
                  Fallback& into) {
  std::int64_t failures = into.after_failures;
  reader.Map(
      spot,
      {{"receiver", [&](const Spot& s) { ReadOnward(reader, s, receiver, true, into.receiver); }},
       {"after_failures", [&](const Spot& s) { reader.Integer(s, 1, 1'000'000, failures); }},
       {"after", [&](const Spot& s) { reader.PositiveDuration(s, into.after); }}});
  into.after_failures = static_cast<int>(failures);
  if (into.receiver.empty() && !reader.HasProblemAt(spot.path)) {
    reader.Add(spot, "want a receiver");
  }
}

void ReadBudget(ConfigReader& reader, const Spot& spot, std::string_view receiver, Budget& into) {
  reader.Map(spot,
             {{"per_day", [&](const Spot& s) { ReadCount(reader, s, into.per_day); }},
              {"per_month", [&](const Spot& s) { ReadCount(reader, s, into.per_month); }},
              {"warn", [&](const Spot& s) { ReadOnward(reader, s, receiver, false, into.warn); }}});
  if (!into.limited() && !reader.HasProblemAt(spot.path)) {
    reader.Add(spot, "want per_day, per_month or both");
  }
}

void ReadRateLimit(ConfigReader& reader, const Spot& spot, RateLimit& into) {
  std::int64_t messages = into.messages;
  reader.Map(spot, {{"messages", [&](const Spot& s) { reader.Integer(s, 1, 1'000'000, messages); }},
                    {"window", [&](const Spot& s) { reader.PositiveDuration(s, into.window); }}});
  into.messages = static_cast<int>(messages);
  if (messages == 0 && !reader.HasProblemAt(spot.path)) reader.Add(spot, "want messages");
}

// Something is wrong with this option already.
bool IsWrong(const ConfigReader& reader, const std::string& path) {
  return reader.HasProblemAt(path) || reader.HasProblemAt(path + std::string(kFile));
}

void CheckBetween(ConfigReader& reader, const ChannelSpec& spec, const Spot& entry,
                  const std::vector<GivenOption>& given, const ChannelSettings& settings) {
  const bool unseen =
      reader.files() == nullptr &&
      std::any_of(given.begin(), given.end(), [](const auto& g) { return g.from_file; });
  if (spec.check == nullptr || unseen) return;
  for (const std::string& problem : spec.check(settings)) {
    const auto colon = problem.find(": ");
    const std::string key = problem.substr(0, colon == std::string::npos ? 0 : colon);
    const std::string path = key.empty() ? entry.path : ChildPath(entry.path, key);
    // The check then looked at something else than what stands there.
    if (!key.empty() && IsWrong(reader, path)) continue;
    const auto at = std::find_if(given.begin(), given.end(),
                                 [&](const GivenOption& one) { return one.option->name == key; });
    reader.Add(at == given.end() ? entry.place : at->spot.place, path,
               problem.substr(key.empty() ? 0 : colon + 2));
  }
}

}  // namespace

std::vector<GivenOption> FindOptions(ConfigReader& reader, std::span<const ChannelOption> options,
                                     const Spot& spot, std::string_view prefix,
                                     const ConfigReader::Fields& other) {
  OptionFinder finder(reader, options, other);
  finder.Find(spot, std::string(prefix));
  return std::move(finder.found);
}

void ReadOptions(ConfigReader& reader, const std::vector<GivenOption>& given,
                 ChannelSettings& settings) {
  std::set<const ChannelOption*> seen;
  for (const GivenOption& one : given) {
    auto value = ReadOption(reader, *one.option, one.spot, one.from_file);
    if (!seen.insert(one.option).second) {
      reader.Add(one.spot, fmt::format("want {0} or {0}_file, not both", one.option->name));
      continue;
    }
    if (value.given) settings.Put(one.option->name, std::move(value));
  }
}

ChannelConfig ReadChannel(ConfigReader& reader, const ChannelSpec& spec, const Spot& entry,
                          const GlobalDefaults& defaults, std::string_view receiver) {
  ChannelConfig channel;
  channel.spec = &spec;
  channel.settings = DefaultSettings(spec);
  channel.send_resolved = spec.send_resolved;
  channel.rate_limit = {spec.limits.messages, spec.limits.window};
  const ConfigReader::Fields common = {
      {"send_resolved", [&](const Spot& s) { reader.Flag(s, channel.send_resolved); }},
      {"fallback", [&](const Spot& s) { ReadFallback(reader, s, receiver, channel.fallback); }},
      {"budget", [&](const Spot& s) { ReadBudget(reader, s, receiver, channel.budget); }},
      {"rate_limit", [&](const Spot& s) { ReadRateLimit(reader, s, channel.rate_limit); }},
      {"give_up_after", [&](const Spot& s) { reader.PositiveDuration(s, channel.give_up_after); }}};
  const auto given = FindOptions(reader, spec.options, entry, "", common);

  // Alertmanager takes an entry's http_config in the place of the global one, not over it.
  const bool own_http = std::any_of(given.begin(), given.end(), [](const GivenOption& one) {
    return one.option->name.starts_with("http_config.");
  });
  std::set<std::string_view> global_ones;  // also those with a wrong value, of which was told
  for (const ChannelOption& option : spec.options) {
    const auto global = defaults.values.find({spec.kind, option.name});
    const bool applies =
        global != defaults.values.end() && !(own_http && option.name.starts_with("http_config."));
    if (applies) global_ones.insert(option.name);
    if (applies && global->second.given) channel.settings.Put(option.name, global->second);
  }
  ReadOptions(reader, given, channel.settings);
  for (const ChannelOption& option : spec.options) {
    if (!option.required || channel.settings.Get(option.name).given) continue;
    if (global_ones.contains(option.name)) continue;
    const std::string path = ChildPath(entry.path, option.name);
    if (!IsWrong(reader, path)) reader.Add(entry.place, path, "missing");
  }
  CheckBetween(reader, spec, entry, given, channel.settings);
  return channel;
}

}  // namespace ecsward::notify
