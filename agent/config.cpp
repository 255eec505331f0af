#include "agent/config.h"

namespace ecsward {

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
