// Metrics for files of /proc/net whose protocols and fields the kernel names:
// node_netstat_Tcp_InSegs. As FieldMetrics, but a field has two names, which are compared where
// they stand: putting three hundred of them together on every tick would cost more than reading the
// file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric_set.h"

namespace ecsward {

// One file's fields. Not thread-safe.
class ProtocolMetrics {
 public:
  // `prefix` and `help` (which ends up before the field's name) are literals.
  ProtocolMetrics(std::string_view prefix, std::string_view help, MetricType type)
      : prefix_(prefix), help_(help), type_(type) {}

  // The file is read from its start.
  void Begin() { place_ = 0; }

  // The metric <prefix><protocol>_<name> of the next field; null when `wanted("<protocol>_<name>")`
  // said no, or when that is no metric's name. Allocates only where the file has changed.
  template <class Wanted>
  const Metric* Next(std::string_view protocol, std::string_view name, Wanted&& wanted) {
    if (place_ < known_.size()) {
      const Known& known = known_[place_];
      if (known.protocol == protocol && known.name == name) return known_[place_++].metric;
      known_.resize(place_);  // another kernel's file: learn the rest anew
    }
    if (place_ >= kMaxFields) return nullptr;
    std::string key = std::string(protocol).append("_").append(name);
    const Metric* metric = IsName(key) && wanted(std::string_view(key)) ? Make(key) : nullptr;
    known_.push_back({std::string(protocol), std::string(name), metric});
    return known_[place_++].metric;
  }

 private:
  static constexpr std::size_t kMaxFields = 1024;  // a garbled file must not fill the memory

  struct Known {
    std::string protocol, name;
    const Metric* metric = nullptr;
  };

  static bool IsName(std::string_view key);
  const Metric* Make(const std::string& key);

  std::string_view prefix_, help_;
  MetricType type_;
  MetricSet metrics_;
  std::size_t made_ = 0;
  std::vector<Known> known_;
  std::size_t place_ = 0;
};

}  // namespace ecsward
