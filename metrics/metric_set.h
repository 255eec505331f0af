// Metrics whose names are known only at run time: node_memory_<field>_bytes, node_vmstat_<field>.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "metrics/metric.h"

namespace ecsward {

// Owns metrics; they live, and stay where they are, as long as the set. Not thread-safe.
class MetricSet {
 public:
  // The metric kept under `key`, or null. Does not allocate. `key` is whatever the caller has in
  // its hand every tick: the field's name in /proc/meminfo rather than the metric's.
  const Metric* Find(std::string_view key) const;

  // Makes the metric for `key` from the texts (copied). A second call with the same key gives the
  // first one back.
  const Metric& Add(std::string_view key, const Metric& texts);

 private:
  struct Owned;
  std::map<std::string, std::unique_ptr<Owned>, std::less<>> metrics_;

 public:
  MetricSet();
  ~MetricSet();
};

}  // namespace ecsward
