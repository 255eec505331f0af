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
#include "exporters/prometheus/server.h"

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

struct GovernorConfig {
  double max_cpu_percent = 5;                                // of one CPU
  std::uint64_t max_memory_bytes = std::uint64_t{64} << 20;  // resident
  bool operator==(const GovernorConfig&) const = default;
};

struct Config {
  CollectConfig collect;
  PrometheusOptions prometheus;
  GovernorConfig governor;
  HostPaths paths;
  std::string state_directory = "/var/lib/ecsward";
  LogLevel log_level = LogLevel::kInfo;
};

// The collectors that `collect` turns on, in the table's order, with their settings.
std::vector<SamplerCollector> SelectCollectors(const CollectConfig& collect);

}  // namespace ecsward
