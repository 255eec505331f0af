// The agent's configuration as plain values. Defaults stand here; conf/ecsward.yml shows each one.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_root.h"
#include "base/log.h"
#include "collectors/sampler.h"
#include "exporters/notify/routing.h"
#include "exporters/prometheus/server.h"
#include "metrics/labels.h"

namespace ecsward {

inline constexpr std::string_view kDefaultConfigPath = "/etc/ecsward/ecsward.yml";

struct CollectorConfig {
  std::optional<bool> enabled;  // nothing: as the table of collectors says
  std::optional<std::chrono::nanoseconds> interval;
  std::map<std::string, std::string> options;  // have passed CheckOption
  bool operator==(const CollectorConfig&) const = default;
};

struct CollectConfig {
  std::chrono::nanoseconds interval = std::chrono::seconds(1);
  std::map<std::string, CollectorConfig, std::less<>> collectors;  // by name; only those mentioned
  bool disable_defaults = false;                                   // --collector.disable-defaults
  bool operator==(const CollectConfig&) const = default;
};

// The word among rule_files that stands for the rules that are built in.
inline constexpr std::string_view kStockRules = "stock";

struct AlertingConfig {
  std::chrono::nanoseconds evaluation_interval = std::chrono::seconds(15);
  std::string language = "zh";  // of the stock rules' annotations
  std::vector<std::string> rule_files = {std::string(kStockRules)};  // the word, or shell patterns
  // Over those that every host has without saying so: ExternalLabelsOf, TargetLabelsOf. An empty
  // value takes one of them away.
  std::map<std::string, std::string> external_labels, target_labels;
  std::string external_url;
  std::chrono::milliseconds lookback_delta{std::chrono::minutes(5)};
  std::uint64_t max_samples = 5'000'000;
  std::chrono::milliseconds for_outage_tolerance{std::chrono::hours(1)};
  std::chrono::milliseconds for_grace_period{0};
  bool operator==(const AlertingConfig&) const = default;
};

struct GovernorConfig {
  double max_cpu_percent = 5;                                // of one CPU
  std::uint64_t max_memory_bytes = std::uint64_t{64} << 20;  // resident
  bool operator==(const GovernorConfig&) const = default;
};

struct Config {
  CollectConfig collect;
  PrometheusOptions prometheus;
  AlertingConfig alerting;
  notify::RoutingConfig notify;  // the rest of `alerting`: who is told
  GovernorConfig governor;
  HostPaths paths;
  std::string state_directory = "/var/lib/ecsward";
  std::string control_socket;  // empty: ControlSocketPath says where
  LogLevel log_level = LogLevel::kInfo;
};

// What is told to the outside besides a series' own labels: the configured ones, and `hostname`.
LabelPairs ExternalLabelsOf(const AlertingConfig& alerting, std::string_view hostname);
// What rules see on the host's series, as Prometheus adds it when it scrapes: the configured ones,
// and job="node", instance=<hostname>.
LabelPairs TargetLabelsOf(const AlertingConfig& alerting, std::string_view hostname);
// As gethostname(2) says.
std::string HostName();

// Where the control socket is: as configured, else in the directory that systemd made for the
// service (`runtime_directory`, $RUNTIME_DIRECTORY, may be null), else beside the state.
std::string ControlSocketPath(const Config& config, const char* runtime_directory);

// The collectors that `collect` turns on, in the table's order, with their settings.
std::vector<SamplerCollector> SelectCollectors(const CollectConfig& collect);

}  // namespace ecsward
