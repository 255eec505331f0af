#include "exporters/prometheus/self_registry.h"

#include <prometheus/registry.h>

namespace ecsward {

SelfRegistry::SelfRegistry() : registry_(std::make_unique<prometheus::Registry>()) {}
SelfRegistry::~SelfRegistry() = default;

void SelfRegistry::Refresh() { ++version_; }

void AppendFamilies(std::vector<prometheus::MetricFamily> families, PageFormat format,
                    std::string& out) {
  (void)families;
  (void)format;
  (void)out;
}

}  // namespace ecsward
