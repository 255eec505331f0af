// Adds up by name and picks the handful that an alert names.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "metrics/evidence.h"

namespace ecsward {

// One thread.
class OffenderRanking {
 public:
  void Clear() {
    sums_.clear();
    sum_ = 0;
  }
  // `name` must live until Top has been called.
  void Add(std::string_view name, std::int64_t pid, double amount);
  double sum() const { return sum_; }
  // The biggest first, without shares; at most OffenderRing::kOffenders. Lives until the next call.
  std::span<const Offender> Top();

 private:
  struct Sum {
    double amount = 0, biggest = 0;
    std::int64_t pid = 0;
  };
  std::unordered_map<std::string_view, Sum> sums_;
  double sum_ = 0;
  std::vector<Offender> top_;
};

}  // namespace ecsward
