#include "metrics/metric_set.h"

namespace ecsward {

struct MetricSet::Owned {
  std::string name, help, labels, family;
  Metric metric;
};

MetricSet::MetricSet() = default;
MetricSet::~MetricSet() = default;

const Metric* MetricSet::Find(std::string_view key) const {
  const auto it = metrics_.find(key);
  return it == metrics_.end() ? nullptr : &it->second->metric;
}

const Metric& MetricSet::Add(std::string_view key, const Metric& texts) {
  if (const Metric* known = Find(key)) return *known;
  auto owned = std::make_unique<Owned>(Owned{std::string(texts.name),
                                             std::string(texts.help),
                                             std::string(texts.labels),
                                             std::string(texts.family_name),
                                             {}});
  owned->metric = Metric{owned->name, owned->help, texts.type, owned->labels, owned->family};
  return metrics_.emplace(key, std::move(owned)).first->second->metric;
}

std::string_view ToString(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
    case MetricType::kSummary:
      return "summary";
    case MetricType::kUntyped:
      break;
  }
  return "untyped";
}

}  // namespace ecsward
