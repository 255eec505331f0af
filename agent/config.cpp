#include "agent/config.h"

#include <unistd.h>

#include <array>

namespace ecsward {
namespace {

LabelPairs Over(LabelPairs defaults, const std::map<std::string, std::string>& configured) {
  for (const auto& [name, value] : configured) Set(defaults, name, value);
  return defaults;
}

}  // namespace

LabelPairs ExternalLabelsOf(const AlertingConfig& alerting, std::string_view hostname) {
  return Over(Normalized({{"hostname", std::string(hostname)}}), alerting.external_labels);
}

LabelPairs TargetLabelsOf(const AlertingConfig& alerting, std::string_view hostname) {
  return Over(Normalized({{"instance", std::string(hostname)}, {"job", "node"}}),
              alerting.target_labels);
}

std::string HostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

std::string ControlSocketPath(const Config& config, const char* runtime_directory) {
  if (!config.control_socket.empty()) return config.control_socket;
  std::string folder = config.state_directory;
  if (runtime_directory != nullptr && *runtime_directory == '/') {
    // systemd separates several directories by colons.
    folder = std::string_view(runtime_directory)
                 .substr(0, std::string_view(runtime_directory).find(':'));
  }
  return folder + "/control.sock";
}

std::vector<SamplerCollector> SelectCollectors(const CollectConfig& collect) {
  std::vector<SamplerCollector> selected;
  for (const CollectorSpec& spec : AllCollectors()) {
    const auto it = collect.collectors.find(spec.name);
    const bool mentioned = it != collect.collectors.end();
    const bool by_default = spec.default_on && !collect.disable_defaults;
    if (!(mentioned ? it->second.enabled.value_or(by_default) : by_default)) continue;
    SamplerCollector chosen{&spec, CollectorOptions(spec.options), std::nullopt};
    if (mentioned) {
      chosen.interval = it->second.interval;
      for (const auto& [name, value] : it->second.options) chosen.options.Set(name, value);
    }
    selected.push_back(std::move(chosen));
  }
  return selected;
}

}  // namespace ecsward
