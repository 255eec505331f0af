// A metric per field of a /proc file whose fields the kernel decides: /proc/meminfo, /proc/vmstat.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric_set.h"

namespace ecsward {

class FieldMetrics {
 public:
  struct Texts {
    std::string name;  // empty: the field is left out
    std::string help;
    MetricType type = MetricType::kUntyped;
    std::string labels = {};  // as Metric::labels
  };
  // Asked once for each field.
  using Describe = std::function<Texts(std::string_view field)>;

  explicit FieldMetrics(Describe describe) : describe_(std::move(describe)) {}

  // The metric of `field`, which stands at `position` in the file; null when it is left out. The
  // fields of such a file keep their order, so the place alone finds the metric: one comparison.
  const Metric* At(std::size_t position, std::string_view field);

 private:
  static constexpr std::size_t kMaxFields = 1024;  // a garbled file must not fill the memory

  const Metric* Look(std::string_view field);

  struct Guess {
    std::string field;
    const Metric* metric = nullptr;
  };
  Describe describe_;
  MetricSet metrics_;
  std::map<std::string, const Metric*, std::less<>> known_;
  std::vector<Guess> guesses_;
};

}  // namespace ecsward
