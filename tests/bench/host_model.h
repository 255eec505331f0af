// A host that does not exist: about 1,500 series named as node_exporter names them, with values
// that are a function of the second. So Prometheus, which scrapes them, and our history, which is
// filled with them, hold the same samples without anything being recorded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metrics/labels.h"

namespace ecsward::bench {

class HostModel {
 public:
  HostModel();  // 32 CPUs, 12 disks, 8 network devices, 16 filesystems, 40 units

  std::size_t size() const { return series_.size(); }
  // With the labels that a scrape adds: instance and job.
  LabelPairs labels(std::size_t index) const;
  double Value(std::size_t index, std::int64_t unix_seconds) const;
  // The page of that second, in Prometheus's text format, without instance and job.
  std::string Page(std::int64_t unix_seconds) const;

 private:
  enum class Kind { kCounter, kSeconds, kGauge, kBytes, kConstant };
  struct Series {
    LabelPairs labels;
    Kind kind;
    double scale;
    std::uint64_t seed;
  };
  void Add(Kind kind, double scale, const std::string& name, LabelPairs labels = {});

  std::vector<Series> series_;
};

// The rule files that both evaluate: 1,000 rules in 20 groups, none of which fires.
std::string ThresholdRules();  // node_x{…} > n, and ratios of two metrics
std::string MixedRules();      // rate(x[5m]), avg_over_time, sum by

}  // namespace ecsward::bench
