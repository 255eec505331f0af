#include "agent/config_keys.h"

#include <fmt/format.h>

#include <charconv>

#include "agent/units.h"
#include "metrics/exposition.h"

namespace ecsward {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Value = std::string_view;

Error Want(std::string_view what, Value got) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("want {}, got \"{}\"", what, got));
}

Result<nanoseconds> DurationBetween(nanoseconds low, nanoseconds high, Value value) {
  auto duration = ParseDuration(value);
  if (duration && (*duration < low || *duration > high)) {
    return Want(fmt::format("{} to {}", FormatDuration(low), FormatDuration(high)), value);
  }
  return duration;
}

template <class T>
Result<void> Into(T& target, Result<nanoseconds> duration) {
  if (!duration) return std::move(duration).error();
  if constexpr (std::is_same_v<T, milliseconds>) {
    target = std::chrono::duration_cast<milliseconds>(*duration);
  } else {
    target = *duration;
  }
  return {};
}

template <class T>
Result<void> NumberInto(T& target, T low, T high, Value value) {
  T number{};
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  // Written so that a NaN is refused too.
  if (error != std::errc() || end != value.data() + value.size() ||
      !(number >= low && number <= high)) {
    return Want(fmt::format("a number from {} to {}", low, high), value);
  }
  target = number;
  return {};
}

Result<void> PathInto(std::string& target, Value value) {
  if (!value.starts_with('/') || value.find('\0') != Value::npos) {
    return Want("an absolute path", value);
  }
  target = value;
  return {};
}

Result<void> BoolInto(std::optional<bool>& target, Value value) {
  if (value != "true" && value != "false") return Want("true or false", value);
  target = value == "true";
  return {};
}

Result<void> LabelInto(std::map<std::string, std::string>& target, Value name, Value value) {
  if (!IsLabelName(name) || name.starts_with("__")) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" is not a label name", name.substr(0, 80)));
  }
  if (!IsUtf8(value)) return Fail(ErrorCode::kInvalidArgument, "want UTF-8");
  target[std::string(name)] = value;
  return {};
}

// sockaddr_un has no room for more: unix(7).
Result<void> SocketInto(std::string& target, Value value) {
  if (value.size() > 107) return Want("a path of at most 107 bytes", value);
  return PathInto(target, value);
}

// Where it says how often something is done: quicker than this measures only the agent itself; past
// five minutes Prometheus holds a series for gone.
constexpr nanoseconds kShortestInterval = milliseconds(100);
constexpr nanoseconds kLongestInterval = std::chrono::minutes(5);

void AddAlertingKeys(std::vector<ConfigKey>& keys) {
  const auto duration = [](auto AlertingConfig::*member, nanoseconds low) {
    return [member, low](Config& c, Value v) {
      return Into(c.alerting.*member, DurationBetween(low, std::chrono::hours(24), v));
    };
  };
  keys.push_back({"alerting.evaluation_interval",
                  "How often rules are evaluated that do not say so themselves",
                  duration(&AlertingConfig::evaluation_interval, kShortestInterval),
                  {}});
  keys.push_back({"alerting.language",
                  "zh or en: that of the built-in rules' annotations",
                  [](Config& c, Value v) -> Result<void> {
                    if (v != "zh" && v != "en") return Want("zh or en", v);
                    c.alerting.language = v;
                    return {};
                  },
                  {}});
  keys.push_back({"alerting.rule_files",
                  "Files with rules, shell patterns allowed; the word stock is the built-in ones",
                  [](Config& c, Value v) -> Result<void> {
                    if (v.empty() || v.find('\0') != Value::npos) return Want("a file", v);
                    c.alerting.rule_files.emplace_back(v);
                    return {};
                  },
                  [](Config& c) { c.alerting.rule_files.clear(); }});
  keys.push_back({"alerting.external_labels",
                  "Labels that tell others which host this is",
                  {},
                  {},
                  [](Config& c, Value name, Value v) {
                    return LabelInto(c.alerting.external_labels, name, v);
                  }});
  keys.push_back({"alerting.target_labels",
                  "Labels that rules see on every series of the host",
                  {},
                  {},
                  [](Config& c, Value name, Value v) {
                    return LabelInto(c.alerting.target_labels, name, v);
                  }});
  keys.push_back({"alerting.external_url",
                  "Under which address others reach what alerts link to",
                  [](Config& c, Value v) -> Result<void> {
                    c.alerting.external_url = v;
                    return {};
                  },
                  {}});
  keys.push_back({"alerting.lookback_delta",
                  "How old a sample may be and still be a series' value",
                  duration(&AlertingConfig::lookback_delta, std::chrono::seconds(1)),
                  {}});
  keys.push_back({"alerting.max_samples",
                  "An expression that would touch more fails",
                  [](Config& c, Value v) {
                    return NumberInto<std::uint64_t>(c.alerting.max_samples, 1, 1'000'000'000, v);
                  },
                  {}});
  keys.push_back({"alerting.for_outage_tolerance",
                  "After a longer absence a rule's `for` counts from the beginning",
                  duration(&AlertingConfig::for_outage_tolerance, nanoseconds(0)),
                  {}});
  keys.push_back({"alerting.for_grace_period",
                  "After a start, alerts whose `for` is at least this long wait this long",
                  duration(&AlertingConfig::for_grace_period, nanoseconds(0)),
                  {}});
}

// Read by ParseNotify, which knows what stands below them.
void AddNotifyKeys(std::vector<ConfigKey>& keys) {
  constexpr std::pair<std::string_view, std::string_view> kHelp[] = {
      {"global",
       "Alertmanager's: resolve_timeout, and defaults of channels such as smtp_smarthost"},
      {"templates", "Files with templates for notifications, shell patterns allowed"},
      {"route",
       "Which alerts go to which receiver, how they are grouped and when they are repeated"},
      {"receivers", "Who is told: names, and the channels of each"},
      {"inhibit_rules", "Which alerts are silent while which others fire"},
      {"time_intervals", "Times of day, week, month and year, for routes to name"},
      {"mute_time_intervals", "The older word for time_intervals"},
      {"heartbeat",
       "A URL asked for again and again: who waits for it notices that the host is gone"},
  };
  for (const auto& [name, help] : kHelp) {
    ConfigKey key{fmt::format("alerting.{}", name), std::string(help), {}, {}};
    key.is_tree = true;
    keys.push_back(std::move(key));
  }
}

void AddCollectorKeys(std::vector<ConfigKey>& keys) {
  for (const CollectorSpec& spec : AllCollectors()) {
    const std::string prefix = fmt::format("collect.collectors.{}.", spec.name);
    const auto at = [name = std::string(spec.name)](Config& c) -> CollectorConfig& {
      return c.collect.collectors[name];
    };
    keys.push_back({prefix + "enabled",
                    fmt::format("Default: {}", spec.default_on),
                    [at](Config& c, Value v) { return BoolInto(at(c).enabled, v); },
                    {}});
    keys.push_back({prefix + "interval",
                    "How often this one runs",
                    [at](Config& c, Value v) {
                      nanoseconds interval{};
                      auto ok = Into(interval,
                                     DurationBetween(kShortestInterval, std::chrono::hours(24), v));
                      if (ok) at(c).interval = interval;
                      return ok;
                    },
                    {}});
    for (const OptionSpec& option : spec.options) {
      ConfigKey key{prefix + std::string(option.name), std::string(option.help), {}, {}};
      const std::string name(option.name);
      if (option.kind == OptionKind::kList) {
        key.clear = [at, name](Config& c) { at(c).options[name].clear(); };
        key.set = [at, name, &option](Config& c, Value v) -> Result<void> {
          if (auto ok = CheckOption(option, v); !ok) return ok;
          std::string& list = at(c).options[name];
          list.append(list.empty() ? "" : ",").append(v);
          return {};
        };
      } else {
        key.set = [at, name, &option](Config& c, Value v) -> Result<void> {
          if (auto ok = CheckOption(option, v); !ok) return ok;
          at(c).options[name] = v;
          return {};
        };
      }
      keys.push_back(std::move(key));
    }
  }
}

}  // namespace

std::vector<ConfigKey> AllConfigKeys() {
  std::vector<ConfigKey> keys = {
      {"collect.interval",
       "The tick: how often the host is measured",
       [](Config& c, Value v) {
         return Into(c.collect.interval, DurationBetween(kShortestInterval, kLongestInterval, v));
       },
       {}},
      {"exporters.prometheus.listen", "Addresses and ports to serve on",
       [](Config& c, Value v) {
         c.prometheus.listen.emplace_back(v);
         return Result<void>();
       },
       [](Config& c) { c.prometheus.listen.clear(); }},
      {"exporters.prometheus.allow_from", "Networks whose clients are answered",
       [](Config& c, Value v) {
         c.prometheus.allow_from.emplace_back(v);
         return Result<void>();
       },
       [](Config& c) { c.prometheus.allow_from.clear(); }},
      {"exporters.prometheus.web_config_file",
       "TLS and users, in Prometheus's format",
       [](Config& c, Value v) { return PathInto(c.prometheus.web_config_file, v); },
       {}},
      {"exporters.prometheus.max_connections",
       "Beyond, clients are told 503",
       [](Config& c, Value v) {
         return NumberInto<std::size_t>(c.prometheus.max_connections, 1, 100'000, v);
       },
       {}},
      {"exporters.prometheus.header_timeout",
       "For the TLS handshake and a whole request",
       [](Config& c, Value v) {
         return Into(c.prometheus.header_timeout,
                     DurationBetween(milliseconds(100), std::chrono::minutes(10), v));
       },
       {}},
      {"exporters.prometheus.idle_timeout",
       "Between two requests of a connection",
       [](Config& c, Value v) {
         return Into(c.prometheus.idle_timeout,
                     DurationBetween(milliseconds(100), std::chrono::hours(24), v));
       },
       {}},
      {"exporters.prometheus.write_timeout",
       "For sending a whole answer",
       [](Config& c, Value v) {
         return Into(c.prometheus.write_timeout,
                     DurationBetween(milliseconds(100), std::chrono::minutes(10), v));
       },
       {}},
  };
  AddAlertingKeys(keys);
  AddNotifyKeys(keys);
  const std::vector<ConfigKey> rest = {
      {"control.socket",
       "Where `ecsward query` and others reach the daemon",
       [](Config& c, Value v) { return SocketInto(c.control_socket, v); },
       {}},
      {"state.directory",
       "Where what must survive a restart is kept",
       [](Config& c, Value v) { return PathInto(c.state_directory, v); },
       {}},
      {"governor.max_cpu_percent",
       "Of one CPU; above, the agent does less",
       [](Config& c, Value v) { return NumberInto(c.governor.max_cpu_percent, 0.1, 10'000.0, v); },
       {}},
      {"governor.max_memory",
       "Resident; above, the agent does less",
       [](Config& c, Value v) -> Result<void> {
         const auto bytes = ParseSize(v);
         if (!bytes) return Error(bytes.error());
         if (*bytes < std::uint64_t{16} << 20) return Want("at least 16MiB", v);
         c.governor.max_memory_bytes = *bytes;
         return {};
       },
       {}},
      {"log.level",
       "debug, info, warn or error",
       [](Config& c, Value v) -> Result<void> {
         const auto level = ParseLogLevel(v);
         if (!level) return Want("debug, info, warn or error", v);
         c.log_level = *level;
         return {};
       },
       {}},
      {"paths.procfs",
       "Where the host's /proc is",
       [](Config& c, Value v) { return PathInto(c.paths.procfs, v); },
       {}},
      {"paths.sysfs",
       "Where the host's /sys is",
       [](Config& c, Value v) { return PathInto(c.paths.sysfs, v); },
       {}},
      {"paths.rootfs",
       "Where the host's / is",
       [](Config& c, Value v) { return PathInto(c.paths.rootfs, v); },
       {}},
      {"paths.udev_data",
       "Where the host's /run/udev/data is",
       [](Config& c, Value v) { return PathInto(c.paths.udev_data, v); },
       {}},
  };
  keys.insert(keys.end(), rest.begin(), rest.end());
  AddCollectorKeys(keys);
  return keys;
}

}  // namespace ecsward
