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

struct PrometheusConfig {
  std::vector<std::string> listen = {"0.0.0.0:9100"};
  // Loopback, private, link-local and carrier-grade NAT (Alibaba Cloud's own services): a forgotten
  // security-group rule does not publish the host.
  std::vector<std::string> allow_from = {"127.0.0.0/8",    "10.0.0.0/8",     "172.16.0.0/12",
                                         "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
                                         "::1/128",        "fc00::/7",       "fe80::/10"};
  std::string web_config_file;  // empty: no TLS, no authentication
  unsigned max_connections = 512;
  std::chrono::nanoseconds request_timeout = std::chrono::seconds(10);
  std::chrono::nanoseconds idle_timeout = std::chrono::minutes(5);
  bool operator==(const PrometheusConfig&) const = default;
};

struct GovernorConfig {
  double max_cpu_percent = 5;                                // of one CPU
  std::uint64_t max_memory_bytes = std::uint64_t{64} << 20;  // resident
  bool operator==(const GovernorConfig&) const = default;
};

struct Config {
  CollectConfig collect;
  PrometheusConfig prometheus;
  GovernorConfig governor;
  HostPaths paths;
  std::string state_directory = "/var/lib/ecsward";
  LogLevel log_level = LogLevel::kInfo;
};

// The collectors that `collect` turns on, in the table's order, with their settings.
std::vector<SamplerCollector> SelectCollectors(const CollectConfig& collect);

}  // namespace ecsward
